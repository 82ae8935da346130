"""Files that are read by programs that cannot run here: validated, not run."""

import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import kubernetes_validate
import stack
import yaml

DEPLOY = stack.DEPLOY


def documents(name):
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


class Kubernetes(unittest.TestCase):
    def test_every_object_has_the_schema_of_its_kind(self):
        for document in documents("kubernetes.yaml"):
            kubernetes_validate.validate(document, "1.31", strict=True)

    def test_no_secret_stands_in_the_file(self):
        for document in documents("kubernetes.yaml"):
            for container in document.get("spec", {}).get("template", {}).get("spec", {}).get("containers", []):
                for variable in container["env"]:
                    if variable["name"] in ("TINTYPE_KEY", "TINTYPE_S3_SECRET_ACCESS_KEY"):
                        self.assertIn("valueFrom", variable)


class Compose(unittest.TestCase):
    def test_the_file_has_the_schema_of_compose(self):
        path = DEPLOY / "compose.yaml"
        checked = subprocess.run(
            ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", path], capture_output=True, text=True
        )
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


class Resources(unittest.TestCase):
    """SpinKube and wasmCloud publish no schema in a registry of packages: names and kinds are held here."""

    def test_the_spin_app_has_the_fields_of_its_kind(self):
        (app,) = documents("spinapp.yaml")
        self.assertEqual((app["apiVersion"], app["kind"]), ("core.spinkube.dev/v1alpha1", "SpinApp"))
        self.assertLessEqual(
            set(app["spec"]), {"image", "executor", "replicas", "resources", "checks", "variables", "runtimeConfig"}
        )
        self.assertEqual(app["spec"]["checks"]["liveness"]["httpGet"]["path"], "/healthz")

    def test_the_workload_has_the_fields_of_its_kind(self):
        (workload,) = documents("wasmcloud.yaml")
        kind = ("runtime.wasmcloud.dev/v1alpha1", "WorkloadDeployment")
        self.assertEqual((workload["apiVersion"], workload["kind"]), kind)
        spec = workload["spec"]["template"]["spec"]
        self.assertLessEqual(set(spec), {"components", "hostInterfaces", "hostSelector", "service", "volumes"})
        resources = spec["components"][0]["localResources"]
        self.assertLessEqual(set(resources), {"allowedHosts", "environment", "config", "volumeMounts"})


class Systemd(unittest.TestCase):
    def test_the_unit_is_read_without_complaint(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("there is no systemd-analyze")
        text = (DEPLOY / "tintype.service").read_text().replace("/usr/bin/wasmtime", "/bin/true")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tintype.service"
            path.write_text(text)
            checked = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True)
            own = [line for line in checked.stderr.splitlines() if "tintype" in line]
            self.assertEqual((checked.returncode, own), (0, []), checked.stderr)
            security = subprocess.run(
                ["systemd-analyze", "security", "--offline=true", "--threshold=20", path],
                capture_output=True,
                text=True,
            )
            self.assertEqual(security.returncode, 0, security.stdout[-2000:] + security.stderr)


class Containerfile(unittest.TestCase):
    def setUp(self):
        self.lines = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ").splitlines()

    def test_it_runs_without_privileges(self):
        last = max(index for index, line in enumerate(self.lines) if line.startswith("FROM "))
        users = [line for line in self.lines[last:] if line.startswith("USER ")]
        self.assertEqual(users, ["USER 65532:65532"])

    def test_its_flags_are_those_that_the_tests_serve_with(self):
        (entry,) = [line for line in self.lines if line.startswith("ENTRYPOINT ")]
        words = json.loads(entry.removeprefix("ENTRYPOINT "))
        port = stack.free_port()
        command = [stack.WASMTIME, *words[1:-1], stack.compiled("tintype.wasm")]
        command = [re.sub(r"^--addr=.*", f"--addr=127.0.0.1:{port}", str(word)) for word in command]
        with stack.Process(command, port, {"TINTYPE_DEBUG": "1"}) as server:
            self.assertEqual(server.get("/config").status, 200)

    def test_the_unit_serves_with_the_same_flags(self):
        unit = (DEPLOY / "tintype.service").read_text()
        (entry,) = [line for line in self.lines if line.startswith("ENTRYPOINT ")]
        flags = [word for word in json.loads(entry.removeprefix("ENTRYPOINT ")) if word.startswith("-")]
        started = re.search("^ExecStart=(.*)$", unit, re.M)[1].split()
        kept = [word for word in started if word.startswith("-")]
        self.assertEqual([f.split("=0")[0].split("=127")[0] for f in flags], [f.split("=127")[0] for f in kept])


class Dashboard(unittest.TestCase):
    def test_its_queries_name_metrics_that_there_are(self):
        dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
        text = (stack.ROOT / "docs/observability.md").read_text()
        known = {name.replace(".", "_") for name in re.findall(r"`((?:tintype|http)\.[a-z_.]+)`", text)}
        queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
        self.assertGreater(len(queries), 6)
        for query in queries:
            for name in re.findall(r"(?:tintype|http_server)_[a-z_]+", query):
                base = re.sub(r"(_seconds)?(_bucket|_sum|_count)$|(_bytes)?(_total)?$", "", name)
                if name not in ("tintype_grammar", "tintype_format"):
                    self.assertIn(base, known, query)


if __name__ == "__main__":
    unittest.main()
