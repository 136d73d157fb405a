<?php

/**
 * What the extension `quhao` defines, for IDEs and static analysis. Never load it beside the extension.
 *
 * The extension registers its classes from this file, so they have these names, types, defaults and attributes.
 */

namespace Quhao {

    /**
     * One app at one provider, or several of its apps: 取号, 本机号校验, 手机实名认证.
     *
     * Making one connects nothing. All clients of a worker process share one pool of connections, which outlives
     * requests and is never shared over a fork. Not to be serialised or cloned: it holds keys.
     */
    class Client
    {
        /** The provider's id. */
        public readonly string $provider;
        /** The listener of `onCall()`; no dump shows it. */
        private mixed $listener = null;

        /**
         * @param string $provider a provider's id: `shanyan`, `cmcc`, `yuxin`
         * @param array<string, string|int|bool|null|list<array<string, string|int|bool|null>>> $options the provider's own
         *     and the common ones, in snake_case as in the README's tables; null leaves one out, and `quhao.timeout_ms`
         *     stands in for `timeout_ms`. For several apps, `apps` is a list with each app's own options, and those
         *     beside it hold for all; a call finds its app by the params
         *
         * @throws Exception\ConfigException for an unknown, missing or unreadable option
         */
        public function __construct(string $provider, #[\SensitiveParameter] array $options) {}

        /**
         * The same client for one of its apps alone, whatever the params say.
         *
         * @throws Exception\InputException naming the known ids
         */
        public function app(string $appId): Client {}

        /**
         * Calls a listener with the end of each call of this client, on the script's own thread, before the call returns or
         * throws: for logs and metrics. Holds no number, token, name, id card or words of the vendor's.
         *
         * What it throws is a warning in PHP's own log, past `set_error_handler()`: the token is spent, so the answer is
         * not given up for it. Clients made of this one by `app()` have the same listener.
         *
         * @param (callable(array{
         *     provider: string, operation: string, outcome: string, kind: ?string, retry: ?string, phase: ?string,
         *     vendor_code: ?string, charge: string, request_id: ?string, duration_ms: float, shared: bool,
         * }): mixed)|null $listener takes the place of the last one; null takes it away. `outcome` is `fetched`, a
         *     verdict or an error's kind; `kind` and `retry` are null for an answer. `shared` is for languages whose calls
         *     overlap, and false here
         *
         * @return Client this one
         */
        public function onCall(?callable $listener): Client {}

        /**
         * 取号 / 一键登录: turns what the phone's SDK returned into the number.
         *
         * @param array<string, string|int|float|bool|null>|string $params the SDK's map untouched, or its bare token
         *
         * @throws Exception\QuhaoException whose `retry` says whether the token is spent
         */
        public function fetchNumber(#[\SensitiveParameter] array|string $params): FetchedNumber {}

        /**
         * 本机号校验: checks whether `$number` is the SIM's. "Not this number" is a verdict, not an exception.
         *
         * @param array<string, string|int|float|bool|null>|string $params the SDK's map untouched, or its bare token
         * @param string|null $number may be left out where the params carry it
         *
         * @throws Exception\QuhaoException
         */
        public function verifyNumber(
            #[\SensitiveParameter] array|string $params,
            #[\SensitiveParameter] ?string $number = null,
        ): Verification {}

        /**
         * 手机实名认证: checks whether the three belong together. "They do not" is a verdict, not an exception.
         *
         * @throws Exception\QuhaoException
         */
        public function verifyIdentity(
            #[\SensitiveParameter] string $number,
            #[\SensitiveParameter] string $name,
            #[\SensitiveParameter] string $idCard,
        ): Verification {}

        /**
         * Opens a number that the gateway encrypted, for those who post the form themselves.
         *
         * @throws Exception\DecryptException the same for a wrong key and a corrupt ciphertext
         */
        public function decryptNumber(#[\SensitiveParameter] string $ciphertext): string {}

        /**
         * Builds the signed request of `fetchNumber` without sending it: for Swoole, Hyperf, own proxies.
         *
         * @param array<string, string|int|float|bool|null>|string $params
         *
         * @throws Exception\InputException for params that the gateway would refuse
         */
        public function prepareFetchNumber(#[\SensitiveParameter] array|string $params): Call {}

        /**
         * Builds the signed request of `verifyNumber` without sending it.
         *
         * @param array<string, string|int|float|bool|null>|string $params
         *
         * @throws Exception\InputException for params or a number that the gateway would refuse
         */
        public function prepareVerifyNumber(
            #[\SensitiveParameter] array|string $params,
            #[\SensitiveParameter] ?string $number = null,
        ): Call {}

        /**
         * Builds the signed request of `verifyIdentity` without sending it.
         *
         * @throws Exception\InputException for a number, name or id card that the gateway would refuse
         */
        public function prepareVerifyIdentity(
            #[\SensitiveParameter] string $number,
            #[\SensitiveParameter] string $name,
            #[\SensitiveParameter] string $idCard,
        ): Call {}

        /**
         * Reads a reply whose `Call` is not at hand, say in another process than the one that prepared it.
         *
         * Without the call, a reply to another request looks like the right one.
         *
         * @param string $operation `fetchNumber`, `verifyNumber` or `verifyIdentity`
         *
         * @throws Exception\QuhaoException as `Call::read()`
         */
        public function read(
            string $operation,
            int $status,
            #[\SensitiveParameter] string $body,
        ): FetchedNumber|Verification {}

        /**
         * Reports what is wrong with the phone's params and repairs what loses nothing; sends nothing.
         *
         * @param string $operation `fetchNumber`, `verifyNumber` or `verifyIdentity`
         * @param array<string, string|int|float|bool|null>|string $params
         *
         * @return array{
         *     findings: list<array{field: string, cause: string, action: 'noted'|'refused'|'repaired', message: string}>,
         *     params: array<string, string>,
         *     carrier: ?string,
         *     refused: bool,
         * }
         *
         * @throws Exception\InputException for params that are not a map of texts
         */
        public function inspect(string $operation, #[\SensitiveParameter] array|string $params): array {}

        /**
         * Shows the string that a request signs, for comparing with another implementation; sends nothing.
         *
         * @param string $operation `fetchNumber` or `verifyNumber`
         * @param array<string, string|int|float|bool|null>|string $params
         *
         * @return array{algorithm: string, base: string, value: string} in `base`, `{app_key}` or `{app_secret}`
         *     stands where the app's secret is part of it
         *
         * @throws Exception\QuhaoException as the operation's `prepare…`
         */
        public function signature(
            string $operation,
            #[\SensitiveParameter] array|string $params,
            #[\SensitiveParameter] ?string $number = null,
        ): array {}

        /**
         * The same client, preparing and inspecting at a chosen moment: for known answers.
         *
         * @internal
         *
         * @param int $nowMs milliseconds since 1970
         * @param string $nonce 32 hex digits
         */
        public function atMoment(int $nowMs, string $nonce): Client {}
    }

    /**
     * The number behind a phone's token, and the receipt.
     *
     * Dumps, logs, `json_encode` and array casts show `138****8000`; `$number` and `toArray()` are in clear.
     */
    final class FetchedNumber
    {
        /** The verified number in clear, 11 digits. */
        public readonly string $number;
        /** The provider's id. */
        public readonly string $provider;
        /** The vendor's code as the gateway wrote it. */
        public readonly string $code;
        /** The vendor's words for it. */
        public readonly string $message;
        /** Whether the call is billed: one of `Charge`. */
        public readonly string $charge;
        /** The vendor's number for the transaction. */
        public readonly ?string $tradeNo;
        /** The id that the request was given. */
        public readonly ?string $requestId;
        /**
         * @var array{level: string, code: string, tags: list<string>}|null the vendor's fraud verdict (反欺诈), where the
         *     console has it enabled; the level is `denied`, `low_trust`, `not_found`, `trusted` or `undocumented`
         */
        public readonly ?array $risk;
        /** @var array<string, mixed> every field of the reply that has no name above, as the gateway wrote it */
        public readonly array $extra;

        private function __construct() {}

        /** @return array<string, mixed> all of it in clear, for storing */
        public function toArray(): array {}
    }

    /** Whether what was asked is so, and the receipt. */
    final class Verification
    {
        /** The answer: one of `Verdict`. */
        public readonly string $verdict;
        /** True only for `Verdict::MATCH`. */
        public readonly bool $matches;
        /** The provider's id. */
        public readonly string $provider;
        /** The vendor's code as the gateway wrote it. */
        public readonly string $code;
        /** The vendor's words for it. */
        public readonly string $message;
        /** Whether the call is billed: one of `Charge`. */
        public readonly string $charge;
        /** The vendor's number for the transaction. */
        public readonly ?string $tradeNo;
        /** The id that the request was given. */
        public readonly ?string $requestId;
        /**
         * @var array{level: string, code: string, tags: list<string>}|null the vendor's fraud verdict (反欺诈), where the
         *     console has it enabled; the level is `denied`, `low_trust`, `not_found`, `trusted` or `undocumented`
         */
        public readonly ?array $risk;
        /** @var array<string, mixed> every field of the reply that has no name above, as the gateway wrote it */
        public readonly array $extra;

        private function __construct() {}

        /** @return array<string, mixed> all of it in clear, for storing */
        public function toArray(): array {}
    }

    /**
     * A signed request as plain data, and the way back from its reply.
     *
     * Send it once: the token inside is single-use. Dumps leave the body out.
     */
    final class Call
    {
        /** `POST` */
        public readonly string $method;
        /** The whole address. */
        public readonly string $url;
        /** @var array<string, string> by lower-case name */
        public readonly array $headers;
        /** The body, which holds the token. */
        public readonly string $body;
        /** The id under which the vendor can find this request. */
        public readonly ?string $requestId;

        private function __construct() {}

        /**
         * Reads the reply: HTTP status and body as they came.
         *
         * @throws Exception\QuhaoException for whatever the gateway refused, or a reply that breaks its contract
         */
        public function read(int $status, #[\SensitiveParameter] string $body): FetchedNumber|Verification {}
    }

    /** What `Verification::$verdict` may be. */
    final class Verdict
    {
        /** It is so. */
        public const MATCH = 'match';
        /** It is not so. Not an error, and usually billed. */
        public const MISMATCH = 'mismatch';
        /** The vendor says that it cannot tell. */
        public const UNKNOWN = 'unknown';

        private function __construct() {}
    }

    /** What `QuhaoException::$retry` may be. */
    final class Retry
    {
        /** Trying again gives the same failure. */
        public const NEVER = 'never';
        /** Only with a new token from the phone: this one may be spent. */
        public const NEW_TOKEN = 'new_token';
        /** With the same token: no byte of the request left this machine. */
        public const SAME_TOKEN = 'same_token';

        private function __construct() {}
    }

    /** What `$charge` may be. */
    final class Charge
    {
        /** The vendor says that it does not bill the call, or nothing was sent. */
        public const NO = 'no';
        /** The vendor does not say, or its answer was lost. */
        public const UNKNOWN = 'unknown';
        /** The vendor says that it bills the call. */
        public const YES = 'yes';

        private function __construct() {}
    }

    /**
     * The gateways emulated on a loopback port, for testing a login without a phone.
     *
     * It listens until the object is gone, in the process that made it. A misuse of it is a `ConfigException`.
     */
    class Sandbox
    {
        /** Where it listens: `http://127.0.0.1:41234`. */
        public readonly string $url;

        public function __construct() {}

        /**
         * The apps that its consoles know.
         *
         * @return list<array{name: string, provider: string, operations: list<string>, zh: string, en: string}>
         */
        public function apps(): array {}

        /**
         * An app's options, ready for `new Client('shanyan', …)`.
         *
         * @param string $app one of `apps()`: `shanyan`, `cmcc`, `yuxin` and more
         *
         * @return array<string, string>
         */
        public function options(string $app): array {}

        /**
         * A phone with this number's SIM card in it.
         *
         * @param string $carrier `cmcc`, `ctcc` or `cucc`
         */
        public function phone(string $number, string $carrier): Phone {}

        /** Makes a person known to `verifyIdentity`; anybody else is unknown to it. */
        public function addPerson(string $number, string $name, string $idCard): void {}

        /** Moves the gateways' clock ahead: tokens expire. */
        public function advance(int $seconds): void {}

        /**
         * Makes the next request fail; several queue up.
         *
         * @param string $failure a code `403101`, `shanyan/500005`, `403000:重复请求`, or a fault `fault:reset`
         */
        public function failNext(string $failure): void {}

        /**
         * Everything that reached it, oldest first.
         *
         * @return list<array{
         *     at_ms: int, provider: string, app: ?string, method: string, path: string, request_id: ?string,
         *     token_seen_before: bool, verdict: string, accepted: bool, charged: bool, explanation: ?string, fault: ?string,
         * }>
         */
        public function ledger(): array {}

        /** Empties the ledger; tokens stay as they are. */
        public function clearLedger(): void {}
    }

    /** A phone with every app of the sandbox's on it. */
    final class Phone
    {
        private function __construct() {}

        /** The same phone, whose user types this number where the SDK asks for one. */
        public function typing(string $number): Phone {}

        /**
         * What that app's phone SDK returns for an operation; mints a fresh single-use token.
         *
         * @param string $operation `fetchNumber` or `verifyNumber`
         *
         * @return array<string, string>
         */
        public function params(string $app, string $operation): array {}
    }

    /**
     * Calls that ended alike in this process since it started, and how long they took together; in no order.
     *
     * A process's own: those of FPM's other workers are theirs.
     *
     * @return list<array{
     *     provider: string, operation: string, outcome: string, vendor_code: ?string, charge: string, shared: bool,
     *     calls: int, duration_ms: float,
     * }> `vendor_code` is `undocumented` for one that the vendor's tables do not hold
     */
    function counters(): array {}

    /**
     * Finds what a vendor's code means, over all providers: what `quhao explain` prints.
     *
     * @return list<array{
     *     provider: string, table: string, code: string, fragment: ?string, meaning: string, charge: string,
     *     zh: string, en: string, hint: string,
     * }> `meaning` is `answer`, `on_phone`, a verdict or an error's kind
     */
    function explain(string $code): array {}

    /**
     * Every provider with its operations and options.
     *
     * @return list<array{
     *     id: string, zh: string, en: string, operations: list<string>,
     *     options: list<array{
     *         name: string, form: string, choices: list<string>, secret: bool, required: bool, default: ?string, zh: string,
     *         en: string,
     *     }>,
     * }>
     */
    function providers(): array {}
}

namespace Quhao\Exception {

    /**
     * A failed operation, with all a caller needs to decide what comes next. No message holds a secret.
     *
     * Each class has its kind's facts as defaults, so that tests can throw one by hand.
     */
    class QuhaoException extends \RuntimeException
    {
        /** Whose fault it is: `token` for a `TokenException`. */
        public string $kind = '';
        /** Whether, and with what, the operation may be tried again: one of `Retry`. */
        public string $retry = 'never';
        /** Whether the vendor bills the failed call: one of `Charge`. */
        public string $charge = 'unknown';
        /** The provider's id. */
        public ?string $provider = null;
        /** The vendor's code as the gateway wrote it. */
        public ?string $vendorCode = null;
        /** What to do about it, in Chinese and English. */
        public string $hint = '';
        /** The id under which the vendor can find the request. */
        public ?string $requestId = null;
    }

    /** The caller's code or options, found before any I/O. **What to do:** fix the code. */
    class ConfigException extends QuhaoException
    {
        public string $kind = 'config';
        public string $retry = 'never';
        public string $hint = '请修正代码或配置后重试 / fix the code or the options that the message names';
    }

    /** The gateway refused the key or the signature. **What to do:** compare keys with the console. */
    class CredentialsException extends QuhaoException
    {
        public string $kind = 'credentials';
        public string $retry = 'never';
        public string $hint = '请核对控制台上的 appId、密钥与签名方式是否属于同一应用 / compare app id, key and signature type with the console: all must belong to the same app';
    }

    /** The reply's number did not open: wrong key or corrupt payload. **What to do:** compare keys. */
    class DecryptException extends QuhaoException
    {
        public string $kind = 'decrypt';
        public string $retry = 'never';
        public string $hint = '密钥不匹配或密文损坏：请核对 appKey 或 RSA 私钥是否属于该应用 / wrong key or corrupt payload: check that the app key or RSA private key belongs to this app';
    }

    /** The account, app or address may not do this. **What to do:** enable it in the console. */
    class ForbiddenException extends QuhaoException
    {
        public string $kind = 'forbidden';
        public string $retry = 'never';
        public string $hint = '请在控制台开通能力、检查账户状态与服务器出口 IP 白名单 / in the console, enable the capability and check account state and the server\'s IP allow list';
    }

    /** The request as asked is wrong. **What to do:** fix what the message names. */
    class InputException extends QuhaoException
    {
        public string $kind = 'input';
        public string $retry = 'never';
        public string $hint = '请按提示修正请求参数 / fix the parameter that the message names';
    }

    /** The gateway broke its contract. **What to do:** fetch a new token and try again; tell us. */
    class ProtocolException extends QuhaoException
    {
        public string $kind = 'protocol';
        public string $retry = 'new_token';
        public string $hint = '网关返回了文档之外的内容：请让手机重新取 token 后再试，并保留 request_id 反馈 / the gateway answered outside its documentation: retry with a new token and report the request id';
    }

    /** Balance, frequency or contract is used up. **What to do:** top up or slow down. */
    class QuotaException extends QuhaoException
    {
        public string $kind = 'quota';
        public string $retry = 'never';
        public string $hint = '余额、频率或合同额度用尽：请充值、降频或续约 / balance, rate or contract is used up: top up, slow down or renew';
    }

    /** The token is expired, reused or of another app. **What to do:** ask the phone for a new one. */
    class TokenException extends QuhaoException
    {
        public string $kind = 'token';
        public string $retry = 'new_token';
        public string $hint = 'token 已过期、已使用或不属于该应用：请让手机重新取 token，切勿重发 / the token is expired, used or of another app: ask the phone for a new one, never resend it';
    }

    /** The network failed. **What to do:** see `$retry`. */
    class TransportException extends QuhaoException
    {
        public string $kind = 'transport';
        public string $retry = 'new_token';
        public string $hint = '请求可能已到达网关且可能已计费：请让手机重新取 token，切勿重发原 token / the request may have arrived and may be billed: ask the phone for a new token, never resend this one';
        /** Where: `connect`, `send` or `receive`. */
        public string $phase = 'receive';
        /** Whether a deadline passed. */
        public bool $timeout = false;
    }

    /** The gateway or the carrier is down. **What to do:** fetch a new token and try again. */
    class UnavailableException extends QuhaoException
    {
        public string $kind = 'unavailable';
        public string $retry = 'new_token';
        public string $hint = '网关或运营商暂不可用：请让手机重新取 token 后再试，或改用短信验证码 / the gateway or carrier is unavailable: retry with a new token, or fall back to an SMS code';
    }
}
