//! 获取手机号码 `loginTokenValidate`: token → number. Source: PROTOCOL.md §3.

use super::{Answered, Cmcc, codes, sign, wire};
use crate::model::{Charge, Error, FetchedNumber, Outcome, Params, PhoneNumber};
use crate::provider::codes as code;
use crate::provider::reply::Fields;
use crate::provider::{Moment, Operation, Provider, RequestContext, Signature, UnsentRequest};
use crate::redact::grammar::is_number;

impl Cmcc {
    pub(super) fn prepare_login(&self, params: &Params, moment: &Moment) -> Result<UnsentRequest, Error> {
        let params = self.examine(Operation::FetchNumber, params).into_params()?;
        let (msg_id, time) = (moment.nonce_hex(), moment.beijing());
        let signed = self.signed_of_login(&params, &msg_id, &time);
        let request = wire::login::Request {
            version: signed.version,
            msgid: signed.msg_id,
            systemtime: signed.system_time,
            strictcheck: signed.strict_check,
            appid: signed.app_id,
            expandparams: wire::params::EXPAND_PARAMS.iter().find_map(|name| params.field(name)),
            token: signed.token,
            sign: &self.login_key.value(signed)?,
            encryptionalgorithm: matches!(self.login_key, sign::LoginKey::Rsa(_)).then_some(wire::login::RSA),
        };
        self.draft(wire::login::PATH, &request, &msg_id)
    }

    pub(super) fn sign_login(&self, params: &Params, moment: &Moment) -> Result<Signature, Error> {
        let params = self.examine(Operation::FetchNumber, params).into_params()?;
        self.login_key.sign(self.signed_of_login(&params, &moment.nonce_hex(), &moment.beijing()))
    }

    fn signed_of_login<'a>(&'a self, params: &'a Params, msg_id: &'a str, time: &'a str) -> sign::LoginFields<'a> {
        sign::LoginFields {
            app_id: &self.app_id,
            version: wire::login::VERSION,
            msg_id,
            system_time: time,
            strict_check: &self.strict_check,
            token: params.field(wire::params::TOKEN).unwrap_or_default(),
        }
    }

    pub(super) fn read_login(&self, request: &RequestContext, mut reply: Fields) -> Result<Outcome, Error> {
        let answered = Answered::read(&mut reply, &mut Fields::default(), &mut Fields::default(), request)?;
        let charge = if answered.task_id.is_some() { Charge::Yes } else { Charge::Unknown };
        if answered.code != wire::login::SUCCESS {
            let error = match code::find(codes::LOGIN_TOKEN_VALIDATE, &answered.code, &answered.message) {
                Some(row) => row.to_error(&answered.message),
                None => Error::undocumented(&answered.code, &answered.message),
            };
            return Err(error.with_charge(charge));
        }
        let number = match reply.text(wire::reply::MSISDN).filter(|msisdn| !msisdn.is_empty()) {
            None => Err(Error::protocol("the reply says success but holds no msisdn")),
            Some(msisdn) if is_number(&msisdn) => PhoneNumber::parse(&msisdn),
            Some(msisdn) if self.decrypt_key.is_none() && msisdn.len() < SHORTEST_CIPHERTEXT => {
                Err(Error::protocol("expected msisdn to be a number or a ciphertext, got neither"))
            }
            Some(msisdn) => self.decrypt(&msisdn),
        };
        let number = number.map_err(|error| error.with_charge(charge))?;
        Ok(Outcome::Fetched(FetchedNumber { number, receipt: answered.receipt(charge, [reply]) }))
    }
}

/// A block of 1024 bits in Base64.
const SHORTEST_CIPHERTEXT: usize = 172;
