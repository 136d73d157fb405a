//! The grammar of numbers and id cards, for masks and checks.

/// Whether `text` has the grammar of a number, `^1\d{10}$`.
pub(crate) fn is_number(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether `text` is an id card's number by GB 11643: a real date in the middle, the check character right.
pub(crate) fn is_id_card(text: &str) -> bool {
    id_card_defect(text).is_none()
}

/// The reason why `text` is not 17 digits and a check character with a real date in the middle, as GB 11643 has it.
pub(crate) fn id_card_defect(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    if bytes.len() == 15 && bytes.iter().all(u8::is_ascii_digit) {
        return Some("it is one of the 15-digit numbers that ended in 2013");
    }
    let Some((digits, [check])) = bytes
        .split_at_checked(17)
        .filter(|(_, check)| check.len() == 1)
        .and_then(|(digits, check)| Some((digits, <[u8; 1]>::try_from(check).ok()?)))
    else {
        return Some("it does not have 18");
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return Some("the first 17 are not all digits");
    }
    let number = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |n, d| n * 10 + u32::from(d - b'0'));
    if !is_date(number(6..10), number(10..12), number(12..14)) {
        return Some("digits 7 to 14 are not a date");
    }
    let sum: usize = digits.iter().zip(WEIGHTS).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    (check.to_ascii_uppercase() != CHECK_CHARACTERS[sum % 11]).then_some("the check character does not fit")
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1800..=2200).contains(&year) && (1..=last).contains(&day)
}

/// GB 11643-1999: 2¹⁷⁻ⁱ mod 11 for the i-th digit.
const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// GB 11643-1999: the character for each remainder.
const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";
