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
            if ($provider === 'seeds') {
                continue;
            }
            $suite = json_decode(file_get_contents($file), true, 512, JSON_THROW_ON_ERROR);
            foreach ($suite['cases'] as $case) {
                $id = $provider . '/' . basename($file, '.json') . ' ' . $case['id'];
                yield $id => [$suite['run'], self::withFiles($case['input']), $case['expect']];
            }
        }
    }

    public static function key(string $name): string
    {
        return file_get_contents(self::DATA . '/keys/' . $name);
    }

    /** The client of a case, at the case's moment if it has one. */
    public static function client(array $input): \Quhao\Client
    {
        $client = new \Quhao\Client($input['provider'], $input['options']);
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
