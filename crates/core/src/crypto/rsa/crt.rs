//! RSADP for 1024-bit keys: the Chinese remainder theorem in fixed width, blinded and checked.
//!
//! The vendors still issue such keys, aws-lc-rs refuses them, and `rsa`, whose numbers live on the heap, takes twice as
//! long. The arithmetic is `crypto-bigint`'s, as it is in `rsa`: constant time for a given size.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U512, U1024};
use rsa::RsaPrivateKey;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::crypto::cbc::Undecipherable;

/// A private key of two 512-bit primes. Zeroized on drop.
pub(super) struct Crt {
    secret: Secret,
    n: FixedMontyParams<16>,
    e: U512,
    blinding: ArcSwapOption<Blinding>,
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct Secret {
    p: Odd<U512>,
    q: Odd<U512>,
    /// `e⁻¹ mod p−1`
    dp: U512,
    /// `e⁻¹ mod q−1`
    dq: U512,
    /// `q⁻¹ mod p`
    q_inverse: U512,
}

impl Crt {
    /// `None` for a key that is not of two primes of 512 bits.
    pub(super) fn new(key: &RsaPrivateKey) -> Option<Self> {
        let [p, q] = key.primes() else { return None };
        if p.bits() != U512::BITS || q.bits() != U512::BITS || key.n().bits() != U1024::BITS {
            return None;
        }
        let number = |big_endian: Box<[u8]>| U512::from_be_slice(&Zeroizing::new(big_endian));
        let (p, q) = (number(p.to_be_bytes()), number(q.to_be_bytes()));
        let p_params = FixedMontyParams::new(Odd::new(p).into_option()?);
        let e = key.e().to_be_bytes();
        let mut wide = [0; U512::BYTES];
        wide[U512::BYTES.checked_sub(e.len())?..].copy_from_slice(&e);
        Some(Self {
            secret: Secret {
                p: Odd::new(p).into_option()?,
                q: Odd::new(q).into_option()?,
                dp: number(key.dp()?.to_be_bytes()),
                dq: number(key.dq()?.to_be_bytes()),
                q_inverse: FixedMontyForm::new(&q, &p_params).invert().into_option()?.retrieve(),
            },
            n: FixedMontyParams::new(Odd::new(U1024::from_be_slice(&key.n().to_be_bytes())).into_option()?),
            e: U512::from_be_slice(&wide),
            blinding: ArcSwapOption::empty(),
        })
    }

    /// `c^d mod n`, 128 bytes. RFC 8017 §5.1.2.
    pub(super) fn decrypt(&self, ciphertext: &[u8]) -> Result<Zeroizing<[u8; U1024::BYTES]>, Undecipherable> {
        if ciphertext.len() != U1024::BYTES {
            return Err(Undecipherable);
        }
        let c = U1024::from_be_slice(ciphertext);
        if &c >= self.n.modulus().as_ref() {
            return Err(Undecipherable);
        }
        let c = FixedMontyForm::new(&c, &self.n);
        // Taken out, so that no two calls at the same time use the same one.
        let mut blinding = match self.blinding.swap(None).and_then(Arc::into_inner) {
            Some(blinding) => blinding,
            None => Blinding::new(&self.n, &self.e).ok_or(Undecipherable)?,
        };
        let blinded = Zeroizing::new(self.secret.power(&c.mul(&blinding.factor).retrieve()));
        let m = Zeroizing::new(FixedMontyForm::new(&blinded, &self.n).mul(&blinding.inverse));
        if blinding.renew() {
            self.blinding.store(Some(Arc::new(blinding)));
        }
        // A fault in one half of the computation would give the key away to whoever learns the result.
        if m.pow_vartime(&self.e) != c {
            return Err(Undecipherable);
        }
        let m = Zeroizing::new(m.retrieve());
        let mut bytes = Zeroizing::new([0; U1024::BYTES]);
        bytes.copy_from_slice(m.to_be_bytes().as_ref());
        Ok(bytes)
    }
}

impl Secret {
    /// `m₁ = c^dP mod p`, `m₂ = c^dQ mod q`, `m₂ + q·(q⁻¹·(m₁ − m₂) mod p)`
    fn power(&self, c: &U1024) -> U1024 {
        let (p, q) = (FixedMontyParams::new(self.p), FixedMontyParams::new(self.q));
        let m1 = Zeroizing::new(reduced(c, &p).pow_amm(&self.dp));
        let m2 = Zeroizing::new(reduced(c, &q).pow_amm(&self.dq).retrieve());
        let difference = Zeroizing::new(m1.sub(&FixedMontyForm::new(&m2, &p)));
        let h = Zeroizing::new(difference.mul(&FixedMontyForm::new(&self.q_inverse, &p)).retrieve());
        h.concatenating_mul(self.q.as_ref()).wrapping_add(&m2.resize())
    }
}

/// `c mod p` as `hi·2⁵¹² + lo`: 2⁵¹² mod p is what stands for 1 in Montgomery form.
fn reduced(c: &U1024, p: &FixedMontyParams<8>) -> FixedMontyForm<8> {
    let (lo, hi) = c.split();
    let radix = FixedMontyForm::new(FixedMontyForm::one(p).as_montgomery(), p);
    FixedMontyForm::new(&hi, p).mul(&radix).add(&FixedMontyForm::new(&lo, p))
}

/// A random `r`, by which what is raised to the secret power is not what the gateway sent.
struct Blinding {
    /// `rᵉ mod n`
    factor: FixedMontyForm<16>,
    /// `r⁻¹ mod n`
    inverse: FixedMontyForm<16>,
    uses: u8,
}

impl Blinding {
    fn new(n: &FixedMontyParams<16>, e: &U512) -> Option<Self> {
        let mut random = Zeroizing::new([0; U1024::BYTES]);
        getrandom::fill(&mut *random).ok()?;
        let r = Zeroizing::new(FixedMontyForm::new(&U1024::from_be_slice(&*random), n));
        // No inverse: the odds of having met a factor of n.
        Some(Self { inverse: r.invert().into_option()?, factor: r.pow_vartime(e), uses: 0 })
    }

    /// Squares both, as OpenSSL does: the next one costs two multiplications. `false` when it has served.
    fn renew(&mut self) -> bool {
        self.factor = self.factor.square();
        self.inverse = self.inverse.square();
        self.uses += 1;
        self.uses < MOST_USES
    }
}

impl Drop for Blinding {
    fn drop(&mut self) {
        self.factor.zeroize();
        self.inverse.zeroize();
    }
}

/// As OpenSSL's `BN_BLINDING_COUNTER`.
const MOST_USES: u8 = 32;

#[cfg(test)]
mod tests {
    use rsa::pkcs8::DecodePrivateKey;

    use super::*;

    fn key(pem: &str) -> (RsaPrivateKey, Crt) {
        let key = RsaPrivateKey::from_pkcs8_pem(pem).unwrap();
        let crt = Crt::new(&key).unwrap();
        (key, crt)
    }

    const PEM: &str = include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem");

    #[test]
    fn any_block_opens_as_by_the_whole_exponent() {
        for pem in [PEM, include_str!("../../../../vectors/data/keys/other1024.pkcs8.pem")] {
            let (key, crt) = key(pem);
            let mut block = [0x5a; 128];
            let d = U1024::from_be_slice(&key.d().to_be_bytes());
            for turn in 0..100_u8 {
                block[0] = turn % 0x80;
                block[usize::from(turn)] ^= turn;
                let c = FixedMontyForm::new(&U1024::from_be_slice(&block), &crt.n);
                assert_eq!(crt.decrypt(&block).unwrap().as_slice(), c.pow(&d).retrieve().to_be_bytes().as_ref());
            }
        }
    }

    #[test]
    fn the_smallest_and_largest_blocks_open_and_the_modulus_does_not() {
        let (key, crt) = key(PEM);
        let n = U1024::from_be_slice(&key.n().to_be_bytes());
        let bytes = |number: U1024| number.to_be_bytes();
        assert_eq!(crt.decrypt(bytes(U1024::ZERO).as_ref()).unwrap().as_slice(), [0; 128]);
        assert_eq!(crt.decrypt(bytes(U1024::ONE).as_ref()).unwrap()[127], 1);
        let minus_one = n.wrapping_sub(&U1024::ONE);
        assert_eq!(
            crt.decrypt(bytes(minus_one).as_ref()).unwrap().as_slice(),
            bytes(minus_one).as_ref(),
            "an odd power"
        );
        assert!(crt.decrypt(bytes(n).as_ref()).is_err() && crt.decrypt(&[0; 127]).is_err());
    }

    #[test]
    fn a_fault_in_one_half_gives_nothing_away() {
        let (_, mut crt) = key(PEM);
        crt.secret.dp = crt.secret.dp.wrapping_add(&U512::ONE);
        assert!(crt.decrypt(&[0x11; 128]).is_err());
    }

    #[test]
    fn a_blinding_is_new_each_time_and_replaced_in_the_end() {
        let (_, crt) = key(PEM);
        let mut seen = Vec::new();
        for _ in 0..=MOST_USES {
            crt.decrypt(&[0x11; 128]).unwrap();
            seen.push(crt.blinding.load().as_ref().map(|blinding| blinding.factor.retrieve()));
        }
        assert_eq!(seen.iter().position(Option::is_none), Some(usize::from(MOST_USES) - 1), "none after the last use");
        assert_eq!(seen.iter().filter(|factor| factor.is_none()).count(), 1);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), usize::from(MOST_USES) + 1);
    }

    #[test]
    fn keys_of_other_sizes_are_left_to_others() {
        let other = include_str!("../../../../vectors/data/keys/rsa2048.pkcs8.pem");
        assert!(Crt::new(&RsaPrivateKey::from_pkcs8_pem(other).unwrap()).is_none());
    }
}
