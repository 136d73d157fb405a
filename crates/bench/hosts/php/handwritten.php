<?php

declare(strict_types=1);

// The same operations as a good back end's own code does them: request signed, posted, reply checked, number opened.

namespace Quhao\Bench;

final class Handwritten
{
    /** ShanYan V1: what the phone signed is relayed as a form, and the number comes under DES. */
    public static function fetchNumber(\CurlHandle $curl, string $origin, array $login): string
    {
        curl_setopt_array($curl, [
            CURLOPT_URL => $origin . $login['path'],
            CURLOPT_POSTFIELDS => http_build_query($login['params']),
            CURLOPT_HTTPHEADER => ['accept: application/json'],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_CONNECTTIMEOUT_MS => 2000,
            CURLOPT_TIMEOUT_MS => 5000,
        ]);
        $body = curl_exec($curl);
        if ($body === false || curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200) {
            throw new \RuntimeException(curl_error($curl) ?: 'no HTTP status 200');
        }
        $reply = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
        if ($reply['code'] !== '200000') {
            throw new \RuntimeException("{$reply['code']} {$reply['message']}");
        }
        return self::openWithTripleDes($login['options']['app_key'], $reply['data']['mobileName']);
    }

    /** OpenSSL 3 has no single DES left, but three times the same key is the same cipher: the fastest way in PHP. */
    public static function openWithTripleDes(string $appKey, string $ciphertext): string
    {
        $key = str_repeat(substr($appKey, 0, 8), 3);
        $number = openssl_decrypt($ciphertext, 'des-ede3-cbc', $key, 0, "\x01\x02\x03\x04\x05\x06\x07\x08");
        return $number === false ? throw new \RuntimeException('the number could not be decrypted') : $number;
    }

    /** What is found where one looks for DES in PHP. */
    public static function openWithPhpseclib(string $appKey, string $ciphertext): string
    {
        $des = new \phpseclib3\Crypt\DES('cbc');
        $des->setKey(substr($appKey, 0, 8));
        $des->setIV("\x01\x02\x03\x04\x05\x06\x07\x08");
        return $des->decrypt(base64_decode($ciphertext, true));
    }

    /** A ShanYan V2 request, ready to be posted. @return array{url: string, headers: list<string>, body: string} */
    public static function shanyanV2(string $url, array $options, array $params): array
    {
        $fields = ['appId' => $options['app_id'], 'token' => self::token($params)];
        ksort($fields, SORT_STRING);
        $base = '';
        foreach ($fields as $name => $value) {
            $base .= $name . $value;
        }
        $sign = strtoupper(hash_hmac('sha256', $base, $options['app_key']));
        return self::request($url, 'application/x-www-form-urlencoded', http_build_query($fields + ['sign' => $sign]));
    }

    /** A China Mobile login, ready to be posted. @return array{url: string, headers: list<string>, body: string} */
    public static function chinaMobile(string $url, array $options, array $params): array
    {
        $msgid = bin2hex(random_bytes(16));
        $systemtime = (new \DateTimeImmutable('now', new \DateTimeZone('Asia/Shanghai')))->format('YmdHisv');
        $fields = [
            'version' => '2.0', 'msgid' => $msgid, 'systemtime' => $systemtime, 'strictcheck' => '0',
            'appid' => $options['app_id'], 'token' => self::token($params),
        ];
        $base = $fields['appid'] . $fields['version'] . $msgid . $systemtime . $fields['strictcheck'] . $fields['token'];
        $fields['sign'] = strtoupper(md5($base . $options['app_secret']));
        return self::request($url, 'application/json', json_encode($fields, JSON_THROW_ON_ERROR));
    }

    private static function token(array $params): string
    {
        $token = $params['token'] ?? null;
        return is_string($token) && $token !== '' ? $token : throw new \InvalidArgumentException('expected a token');
    }

    private static function request(string $url, string $type, string $body): array
    {
        return ['url' => $url, 'headers' => ['accept: application/json', "content-type: {$type}"], 'body' => $body];
    }
}
