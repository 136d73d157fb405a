<?php

declare(strict_types=1);

namespace Quhao\Tests;

/** The known answers that all languages share, and what a case's input means in PHP. */
final class Vectors
{
    private const DATA = __DIR__ . '/../../../crates/vectors/data';

    /** @return iterable<string, array{string, array<string, mixed>, array<string, mixed>}> runner, input, expectation */
    public static function all(): iterable
    {
        foreach (glob(self::DATA . '/*/*.json') as $file) {
            $provider = basename(dirname($file));
            if (in_array($provider, ['behaviours', 'seeds'], true)) {
                continue;
            }
            $suite = json_decode(file_get_contents($file), true, 512, JSON_THROW_ON_ERROR);
            foreach ($suite['cases'] as $case) {
                $id = $provider . '/' . basename($file, '.json') . ' ' . $case['id'];
                yield $id => [$suite['run'], self::withFiles($case['input']), self::withFiles($case['expect'])];
            }
        }
    }

    public static function key(string $name): string
    {
        return file_get_contents(self::DATA . '/keys/' . $name);
    }

    /** The client of a case, for one app or several, at the case's moment if it has one. */
    public static function client(array $input): \Quhao\Client
    {
        $several = isset($input['apps']) ? ['apps' => $input['apps']] + $input['common'] : null;
        $client = new \Quhao\Client($input['provider'], $several ?? $input['options']);
        if (isset($input['app'])) {
            $client = $client->app($input['app']);
        }
        $moment = $input['moment'] ?? null;
        return $moment === null ? $client : $client->atMoment($moment['now_ms'], $moment['nonce']);
    }

    public static function prepare(\Quhao\Client $client, array $input): \Quhao\Call
    {
        return match ($input['operation']) {
            'fetch_number' => $client->prepareFetchNumber($input['params']),
            'verify_number' => $client->prepareVerifyNumber($input['params'], $input['number'] ?? null),
            'verify_identity' => $client->prepareVerifyIdentity(
                number: $input['number'],
                name: $input['name'],
                idCard: $input['id_card'],
            ),
        };
    }

    /** A prepared call in the words of the schema. */
    public static function request(\Quhao\Call $call): array
    {
        $type = $call->headers['content-type'];
        $body = $type === 'application/json'
            ? ['json' => json_decode($call->body, true, 512, JSON_THROW_ON_ERROR)]
            : ['form' => self::form($call->body)];
        return ['method' => $call->method, 'url' => $call->url, 'content_type' => $type, 'request_id' => $call->requestId] + $body;
    }

    /** The value at a path such as `body.sign`; null where there is none. */
    public static function at(array $json, string $path): mixed
    {
        return array_reduce(explode('.', $path), static fn (mixed $value, string $name): mixed => $value[$name] ?? null, $json);
    }

    /** A form's fields; `parse_str` would rename some. */
    public static function form(string $body): array
    {
        $fields = [];
        foreach (explode('&', $body) as $pair) {
            [$name, $value] = array_map('urldecode', explode('=', $pair, 2));
            $fields[$name] = $value;
        }
        return $fields;
    }

    private static function withFiles(array $input): array
    {
        foreach ($input as &$value) {
            if (is_array($value)) {
                $value = isset($value['$file']) ? file_get_contents(self::DATA . '/' . $value['$file']) : self::withFiles($value);
            }
        }
        return $input;
    }
}
