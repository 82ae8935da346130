//! Prefix codes (RFC 1951, 3.2.2).

/// The lengths of a code for symbols that come so often, of at most `most` bits each. What never comes has none.
pub(super) fn lengths(counts: &[u32], most: usize) -> Vec<u8> {
    let mut used: Vec<(u32, usize)> =
        counts.iter().copied().zip(0..).filter(|&(count, _)| count > 0).collect();
    used.sort_unstable();
    let mut lengths = vec![0; counts.len()];
    // From the rarest symbol on, which has the longest code.
    let numbers = limited(depths(&used), most);
    let in_order = numbers.into_iter().enumerate().rev();
    let sizes = in_order.flat_map(|(length, number)| std::iter::repeat_n(length as u8, number));
    for (&(_, symbol), size) in used.iter().zip(sizes) {
        if let Some(length) = lengths.get_mut(symbol) {
            *length = size;
        }
    }
    lengths
}

/// How many symbols a code of the fewest bits has at each depth (D. A. Huffman). `used` has counts in rising order.
fn depths(used: &[(u32, usize)]) -> Vec<usize> {
    if used.len() < 2 {
        return vec![0, used.len()];
    }
    // Leaves, and after them what two nodes together become, which rises, too.
    let mut weights: Vec<u64> = used.iter().map(|&(count, _)| count.into()).collect();
    let mut parents = vec![0; 2 * used.len() - 1];
    let (mut leaf, mut inner) = (0, used.len());
    while weights.len() < parents.len() {
        let mut sum = 0;
        for _ in 0..2 {
            let is_leaf = match (weights.get(leaf).filter(|_| leaf < used.len()), weights.get(inner)) {
                (Some(one), Some(other)) => one <= other,
                (one, _) => one.is_some(),
            };
            let next = if is_leaf { &mut leaf } else { &mut inner };
            sum += weights.get(*next).copied().unwrap_or(0);
            if let Some(parent) = parents.get_mut(*next) {
                *parent = weights.len();
            }
            *next += 1;
        }
        weights.push(sum);
    }
    let mut depths = vec![0usize; parents.len()];
    let mut numbers = vec![0; used.len() + 1];
    for node in (0..parents.len() - 1).rev() {
        let depth = parents.get(node).and_then(|&parent| depths.get(parent)).map_or(0, |depth| depth + 1);
        if let Some(place) = depths.get_mut(node) {
            *place = depth;
        }
        if let Some(number) = numbers.get_mut(depth).filter(|_| node < used.len()) {
            *number += 1;
        }
    }
    numbers
}

/// The same, with no symbol below a depth: others move down until there is room.
fn limited(mut numbers: Vec<usize>, most: usize) -> Vec<usize> {
    let below: usize = numbers.iter().skip(most + 1).sum();
    numbers.resize(most + 1, 0);
    if let Some(number) = numbers.last_mut() {
        *number += below;
    }
    let mut room: usize =
        numbers.iter().enumerate().skip(1).map(|(depth, number)| number << (most - depth)).sum();
    while room > 1 << most {
        let Some(depth) = (1..most).rev().find(|&depth| numbers.get(depth).is_some_and(|number| *number > 0))
        else {
            break;
        };
        // One of the deepest takes the place of this one, which moves down with it.
        for (place, change) in [(most, -1), (depth, -1), (depth + 1, 2)] {
            if let Some(number) = numbers.get_mut(place) {
                *number = number.saturating_add_signed(change);
            }
        }
        room -= 1;
    }
    numbers
}

/// The codes of these lengths, with their bits in the order in which they are written.
pub(super) fn codes(lengths: &[u8]) -> Vec<u16> {
    let mut next = [0u16; 17];
    let mut code = 0;
    for length in 1..=15u8 {
        code = (code + lengths.iter().filter(|&&other| other == length - 1 && other > 0).count() as u16) << 1;
        if let Some(place) = next.get_mut(usize::from(length)) {
            *place = code;
        }
    }
    let of = |&length: &u8| match next.get_mut(usize::from(length)) {
        Some(code) if length > 0 => {
            *code += 1;
            (*code - 1).reverse_bits() >> (16 - length)
        }
        _ => 0,
    };
    lengths.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_complete_and_no_longer_than_they_may_be() {
        // Numbers of Fibonacci make the deepest trees.
        let deep: Vec<u32> = (0..30)
            .scan((1, 1), |(a, b), _| {
                (*a, *b) = (*b, *a + *b);
                Some(*a)
            })
            .collect();
        for (counts, most) in
            [(deep.clone(), 15), (deep, 7), (vec![5, 0, 5], 15), (vec![1; 19], 7), (vec![9; 286], 15)]
        {
            let found = lengths(&counts, most);
            assert!(counts.iter().zip(&found).all(|(count, length)| (*count > 0) == (*length > 0)));
            assert!(found.iter().all(|&length| usize::from(length) <= most));
            let room: u32 = found.iter().filter(|&&length| length > 0).map(|length| 1 << (15 - length)).sum();
            assert_eq!(room, 1 << 15, "{found:?}");
        }
    }

    #[test]
    fn what_comes_more_often_has_no_longer_code() {
        let counts: Vec<u32> = (0..60).map(|symbol| symbol * 37 % 61 * 11 + 1).collect();
        let found = lengths(&counts, 9);
        for (one, first) in counts.iter().zip(&found) {
            assert!(counts.iter().zip(&found).all(|(other, second)| one <= other || first <= second));
        }
        assert_eq!(lengths(&[0, 3], 15), [0, 1]);
        assert_eq!(codes(&[2, 1, 3, 3]), [0b01, 0b0, 0b011, 0b111]);
    }
}
