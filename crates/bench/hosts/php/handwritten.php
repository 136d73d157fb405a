<?php

declare(strict_types=1);

// The same login as a good back end's own code does it: request signed, posted, reply checked, number decrypted.

namespace Quhao\Bench;

final class Handwritten
{
    /** A ShanYan V2 login. */
    public static function fetchNumber(\CurlHandle $curl, string $origin, array $login): string
    {
        curl_setopt_array($curl, [
            CURLOPT_URL => $origin . $login['path'],
            CURLOPT_POSTFIELDS => self::body($login['params'], $login['options']),
            CURLOPT_HTTPHEADER => ['accept: application/json'],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_CONNECTTIMEOUT_MS => 2000,
            CURLOPT_TIMEOUT_MS => 60_000,
        ]);
        $body = curl_exec($curl);
        if ($body === false || curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200) {
            throw new \RuntimeException(curl_error($curl) ?: 'no HTTP status 200');
        }
        $reply = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
        if ($reply['code'] !== '200000') {
            throw new \RuntimeException("{$reply['code']} {$reply['message']}");
        }
        return self::decrypted($login['options']['app_key'], $reply['data']['mobileName']);
    }

    public static function body(array $params, array $options): string
    {
        $fields = ['appId' => $options['app_id'], 'token' => $params['token']];
        ksort($fields, SORT_STRING);
        $base = '';
        foreach ($fields as $name => $value) {
            $base .= $name . $value;
        }
        return http_build_query($fields + ['sign' => strtoupper(hash_hmac('sha256', $base, $options['app_key']))]);
    }

    /** AES-128-CBC; the halves of `hex(MD5(app_key))` are key and iv. */
    public static function decrypted(string $appKey, string $ciphertext): string
    {
        [$key, $iv] = str_split(md5($appKey), 16);
        $number = openssl_decrypt(hex2bin($ciphertext), 'aes-128-cbc', $key, OPENSSL_RAW_DATA, $iv);
        return $number === false ? throw new \RuntimeException('the number could not be decrypted') : $number;
    }
}
