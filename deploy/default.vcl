# A cache in front of tintype: `varnishd -f $PWD/deploy/default.vcl -a :8080`. docs/deploy.md explains it; `./x test-deploy` runs it.
vcl 4.1;

backend default {
    .host = "127.0.0.1";
    .port = "3000";
    .first_byte_timeout = 140s;
    .between_bytes_timeout = 60s;
    .probe = {
        .url = "/healthz";
        .interval = 5s;
        .timeout = 2s;
    }
}

sub vcl_recv {
    if (req.url == "/config" || req.url ~ "^/explain") {
        return (synth(404));
    }
    # Browsers send dozens of different lists. What counts for `format=auto` is one bit of them.
    if (req.http.Accept ~ "image/webp") {
        set req.http.Accept = "image/webp,image/*";
    } else {
        set req.http.Accept = "image/*";
    }
    # The service takes no notice of either.
    unset req.http.Cookie;
    unset req.http.Authorization;
    if (req.method != "GET" && req.method != "HEAD") {
        return (pass);
    }
    return (hash);
}

sub vcl_backend_response {
    # Varnish shows an image for this long after it has expired, while it fetches another or when there is none to be had,
    # and keeps it a while longer to ask for it with its tag.
    set beresp.grace = 1d;
    set beresp.keep = 7d;
    if (beresp.status >= 500 && bereq.is_bgfetch) {
        return (abandon);
    }
}

sub vcl_deliver {
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
}
