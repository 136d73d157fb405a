//! 获取手机号码 `loginTokenValidate`: token → number. Source: seeds/china-mobile-auth-android.txt §5.1.

use super::{Answered, Cmcc, codes, sign, wire};
use crate::call::ReturnAddress;
use crate::clock::Moment;
use crate::codes as code;
use crate::error::Error;
use crate::outcome::{Charge, FetchedNumber, Outcome};
use crate::params::Params;
use crate::provider::{Draft, Operation, Provider, Signature};
use crate::reply::Fields;
use crate::secret::{PhoneNumber, is_number};

impl Cmcc {
    pub(super) fn login_request(&self, params: &Params, moment: &Moment) -> Result<(Draft, Signature), Error> {
        let params = self.inspect(Operation::FetchNumber, params, moment).into_params()?;
        let (msg_id, time) = (moment.nonce_hex(), moment.beijing());
        let token = params.field(wire::params::TOKEN).unwrap_or_default();
        let signature = self.login_key.sign(&sign::LoginFields {
            app_id: &self.app_id,
            version: wire::login::VERSION,
            msg_id: &msg_id,
            system_time: &time,
            strict_check: &self.strict_check,
            token,
        })?;
        let request = wire::login::Request {
            version: wire::login::VERSION,
            msgid: &msg_id,
            systemtime: &time,
            strictcheck: &self.strict_check,
            appid: &self.app_id,
            expandparams: wire::params::EXPAND_PARAMS.iter().find_map(|name| params.field(name)),
            token,
            sign: &signature.value,
            encryptionalgorithm: matches!(self.login_key, sign::LoginKey::Rsa(_)).then_some(wire::login::RSA),
        };
        Ok((self.draft(wire::login::PATH, &request, msg_id.clone())?, signature))
    }

    pub(super) fn read_login(&self, request: &ReturnAddress, mut reply: Fields) -> Result<Outcome, Error> {
        let answered = Answered::read(&mut reply, &mut Fields::default(), &mut Fields::default(), request)?;
        let charge = if answered.task_id.is_some() { Charge::Yes } else { Charge::Unknown };
        if answered.code != wire::login::SUCCESS {
            let error = match code::find(codes::LOGIN_TOKEN_VALIDATE, &answered.code, &answered.message) {
                Some(row) => row.to_error(&answered.message),
                None => Error::undocumented(&answered.code, &answered.message),
            };
            return Err(error.charged(charge));
        }
        let number = match reply.text(wire::reply::MSISDN).filter(|msisdn| !msisdn.is_empty()) {
            None => Err(Error::protocol("the reply says success but holds no msisdn")),
            Some(msisdn) if is_number(&msisdn) => PhoneNumber::parse(&msisdn),
            Some(msisdn) if self.decrypt_key.is_none() && msisdn.len() < SHORTEST_CIPHERTEXT => {
                Err(Error::protocol("expected msisdn to be a number or a ciphertext, got neither"))
            }
            Some(msisdn) => self.decrypt(&msisdn),
        };
        let number = number.map_err(|error| error.charged(charge))?;
        Ok(Outcome::Fetched(FetchedNumber { number, receipt: answered.receipt(charge, [reply]) }))
    }
}

/// A block of 1024 bits in Base64.
const SHORTEST_CIPHERTEXT: usize = 172;
