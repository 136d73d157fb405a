<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;
use Quhao\Client;
use Quhao\Exception\DecryptException;
use Quhao\Sandbox;

/** PHP's own hash and OpenSSL recompute what the core signs and encrypts, and encrypt what it opens. */
final class OracleTest extends TestCase
{
    private const NUMBER = '13800138000';

    private Sandbox $sandbox;

    protected function setUp(): void
    {
        $this->sandbox = new Sandbox();
    }

    public function testShanyanSignsWithHmacSha1(): void
    {
        foreach (['fetchNumber', 'verifyNumber'] as $operation) {
            $options = $this->sandbox->options('shanyan');
            $params = $this->sandbox->phone(self::NUMBER, 'ctcc')->params('shanyan', $operation);
            $sign = $params['sign'];
            unset($params['sign']);
            ksort($params, SORT_STRING);
            $base = '';
            foreach ($params as $name => $value) {
                $base .= $name . $value;
            }
            $value = base64_encode(hash_hmac('sha1', $base, $options['app_key'], true));
            $this->assertSame($sign, $value, 'the phone of the sandbox');
            $signed = (new Client('shanyan', $options))->signature($operation, $params);
            $this->assertSame(['algorithm' => 'HmacSHA1', 'base' => $base, 'value' => $value], $signed);
        }
    }

    public function testShanyansDesOpensWhatOpensslEncrypts(): void
    {
        // OpenSSL 3 has no single DES left, but three times the same key is the same cipher.
        foreach (['k9Tz3mWq', 'longer-than-eight'] as $appKey) {
            $key = str_repeat(substr($appKey, 0, 8), 3);
            $ciphertext = openssl_encrypt(self::NUMBER, 'des-ede3-cbc', $key, 0, "\1\2\3\4\5\6\7\10");
            $client = new Client('shanyan', ['app_id' => 'Qh7kT2vX', 'app_key' => $appKey]);
            $this->assertSame(self::NUMBER, $client->decryptNumber($ciphertext));
        }
    }

    public function testRsaOpensWhatOpensslEncrypts(): void
    {
        foreach (['rsa1024', 'rsa2048'] as $key) {
            openssl_public_encrypt(self::NUMBER, $ciphertext, Vectors::key("{$key}.pub.pem"));
            $keys = ['private_key' => Vectors::key("{$key}.pkcs8.pem")];
            $clients = [
                new Client('shanyan', ['app_id' => 'Qh7kT2vX', 'app_key' => 'k9Tz3mWq'] + $keys),
                new Client('cmcc', ['app_id' => '300011880481'] + $keys),
            ];
            foreach ($clients as $client) {
                $this->assertSame(self::NUMBER, $client->decryptNumber(bin2hex($ciphertext)));
                $this->assertSame(self::NUMBER, $client->decryptNumber(strtoupper(bin2hex($ciphertext))));
            }
            openssl_public_encrypt('not a number', $ciphertext, Vectors::key("{$key}.pub.pem"));
            $this->expectException(DecryptException::class);
            $clients[0]->decryptNumber(bin2hex($ciphertext));
        }
    }

    public function testChinaMobilesLoginIsSignedWithMd5(): void
    {
        foreach (['cmcc' => 'app_secret', 'cmcc-legacy' => 'app_key'] as $app => $option) {
            [$sent, $options] = $this->login($app);
            $base = $sent['appid'] . $sent['version'] . $sent['msgid'] . $sent['systemtime'] . $sent['strictcheck'] . $sent['token'];
            $this->assertSame(strtoupper(md5($base . $options[$option])), $sent['sign']);
            $this->assertArrayNotHasKey('encryptionalgorithm', $sent);
        }
    }

    public function testChinaMobilesLoginIsSignedWithRsa(): void
    {
        foreach (['cmcc-rsa', 'cmcc-rsa2048'] as $app) {
            [$sent, $options] = $this->login($app);
            $key = openssl_pkey_get_details(openssl_pkey_get_private($options['private_key']));
            $this->assertSame('RSA', $sent['encryptionalgorithm']);
            $verified = openssl_verify($sent['appid'] . $sent['token'], hex2bin($sent['sign']), $key['key'], OPENSSL_ALGO_SHA256);
            $this->assertSame(1, $verified, $app);
        }
    }

    public function testChinaMobilesCheckIsSignedWithHmacSha256(): void
    {
        $options = $this->sandbox->options('cmcc');
        $params = $this->sandbox->phone(self::NUMBER, 'cmcc')->params('cmcc', 'verifyNumber');
        $call = (new Client('cmcc', $options))->prepareVerifyNumber($params, self::NUMBER);
        ['header' => $header, 'body' => $body] = json_decode($call->body, true);
        $phone = strtoupper(hash('sha256', self::NUMBER . $options['app_key'] . $header['timestamp']));
        $this->assertSame($phone, $body['phoneNum']);
        $base = $header['appId'] . $header['msgId'] . $phone . $header['timestamp'] . $body['token'] . $header['version'];
        $this->assertSame(strtoupper(hash_hmac('sha256', $base, $options['app_key'])), $body['sign']);
    }

    public function testYuxinsLogonOpensWithOpenssl(): void
    {
        $ciphers = [];
        foreach ($this->sandbox->apps() as ['name' => $app, 'provider' => $provider]) {
            if ($provider !== 'yuxin') {
                continue;
            }
            $options = $this->sandbox->options($app);
            $call = (new Client('yuxin', $options))->prepareVerifyIdentity(self::NUMBER, '张三', '11010519491231002x');
            $json = str_contains($call->headers['content-type'], 'json');
            $sent = $json ? json_decode($call->body, true) : Vectors::form($call->body);
            $key = self::decoded($options['key'], $options['key_encoding'] ?? 'utf8');
            $iv = self::decoded($sent['iv'], $options['iv_encoding'] ?? 'utf8');
            $logon = self::decoded($sent['logon'], $options['logon_encoding'] ?? 'base64');
            $cipher = $options['cipher'] === 'des-cbc' ? 'des-ede3-cbc' : $options['cipher'];
            $key = $options['cipher'] === 'des-cbc' ? str_repeat($key, 3) : $key;
            $opened = openssl_decrypt($logon, $cipher, $key, OPENSSL_RAW_DATA, $iv);
            $this->assertSame('{"idCard":"11010519491231002X","userName":"张三","loginphone":"13800138000"}', $opened, $app);
            $ciphers[] = $options['cipher'];
        }
        sort($ciphers);
        $all = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-cbc', 'des-ede3-cbc', 'sm4-cbc'];
        $this->assertSame($all, array_values(array_unique($ciphers)));
    }

    /** @return array{array<string, string>, array<string, string>} what is sent, and the app's options */
    private function login(string $app): array
    {
        $options = $this->sandbox->options($app);
        $params = $this->sandbox->phone(self::NUMBER, 'cmcc')->params($app, 'fetchNumber');
        $call = (new Client('cmcc', $options))->prepareFetchNumber($params);
        return [json_decode($call->body, true, 512, JSON_THROW_ON_ERROR), $options];
    }

    private static function decoded(string $text, string $encoding): string
    {
        return match ($encoding) {
            'utf8' => $text,
            'hex', 'hex-upper' => hex2bin($text),
            'base64' => base64_decode($text, true),
            'base64url' => base64_decode(strtr($text, '-_', '+/'), true),
        };
    }
}
