//! A compressed body that is a thousand times larger inside.

use std::sync::LazyLock;

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};

/// A gzip member (RFC 1952) of a little under 1 MiB that inflates to [`INFLATED`] zeros; made at the first call.
pub(crate) fn body() -> Bytes {
    GZIP.clone()
}

/// Deflate turns at most 258 bytes into two bits, so no bomb is much better than 1 : 1030.
static GZIP: LazyLock<Bytes> = LazyLock::new(|| {
    let zeros = vec![0; CHUNK];
    let mut deflated = Vec::with_capacity(CHUNK / 64);
    let mut deflate = Compress::new(Compression::best(), false);
    // After a full flush a chunk refers to nothing before it, so it may be repeated.
    deflate.compress_vec(&zeros, &mut deflated, FlushCompress::Full).expect("the buffer has room for all of it");
    let mut crc_of_chunk = Crc::new();
    crc_of_chunk.update(&zeros);
    let mut crc = Crc::new();

    let mut member = HEADER.to_vec();
    for _ in 0..INFLATED / CHUNK {
        member.extend_from_slice(&deflated);
        crc.combine(&crc_of_chunk);
    }
    member.extend_from_slice(&EMPTY_LAST_BLOCK);
    member.extend_from_slice(&crc.sum().to_le_bytes());
    member.extend_from_slice(&crc.amount().to_le_bytes());
    member.into()
});

/// Magic, deflate, no flags, no time, best compression, unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];

/// RFC 1951 §3.2.6: fixed codes, nothing but the end of the block.
const EMPTY_LAST_BLOCK: [u8; 2] = [3, 0];

const CHUNK: usize = 1 << 24;
const INFLATED: usize = 1 << 30;

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn the_bomb_is_one_member_under_a_mebibyte_and_a_gibibyte_inside() {
        let bomb = body();
        assert!(bomb.len() < 1 << 20, "{}", bomb.len());
        let (mut decoder, mut chunk, mut inflated) = (GzDecoder::new(&bomb[..]), vec![1; CHUNK], 0);
        loop {
            // The decoder checks CRC and length where the member ends.
            match decoder.read(&mut chunk).unwrap() {
                0 => break,
                n => inflated += n,
            }
            if inflated <= CHUNK {
                assert!(chunk.iter().take(inflated).all(|byte| *byte == 0));
            }
        }
        assert_eq!(inflated, INFLATED);
    }
}
