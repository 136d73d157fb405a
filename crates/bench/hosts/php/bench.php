<?php

declare(strict_types=1);

// PHP's rows, a line of JSON for each measure; ../../README.md has the contract.

namespace Quhao\Bench;

use Quhao\Tests\Child;
use Quhao\Tests\FastCgi;
use Quhao\Tests\Fpm;

foreach (['Child', 'FastCgi', 'Fpm'] as $name) {
    require __DIR__ . "/../../../../bindings/php/tests/{$name}.php";
}
require __DIR__ . '/handwritten.php';

/** @return list<array{mixed, mixed}> of both sides in turns, after a round to warm up */
function rounds(callable $ours, callable $theirs): array
{
    $rounds = [];
    for ($round = 0; $round <= ROUNDS; $round++) {
        $rounds[] = [$ours(), $theirs()];
    }
    return array_slice($rounds, 1);
}

/** Prints a measure. `$of` takes the figure of a round's side. */
function tell(string $row, string $part, string $peer, array $rounds, ?callable $of = null): void
{
    $side = static fn (int $at): array => array_map($of ?? static fn (float $took): float => $took, array_column($rounds, $at));
    echo json_encode(['row' => $row, 'part' => $part, 'peer' => $peer, 'ours' => $side(0), 'theirs' => $side(1)], JSON_THROW_ON_ERROR), "\n";
}

function same(mixed $expected, mixed $got): void
{
    if ($got !== $expected) {
        throw new \RuntimeException('expected ' . json_encode($expected) . ', got ' . json_encode($got));
    }
}

function median(array $samples): float
{
    sort($samples);
    return $samples[intdiv(count($samples), 2)];
}

function mean(array $samples): float
{
    return array_sum($samples) / count($samples);
}

/** An FPM in which curl and quhao both trust the system's certificates and the gateway's. */
final class Workers
{
    private readonly Fpm $fpm;
    private readonly string $trusted;

    public function __construct(private readonly int $count)
    {
        $this->trusted = tempnam(sys_get_temp_dir(), 'quhao-bench-ca-');
        $system = '/etc/ssl/certs/ca-certificates.crt';
        file_put_contents($this->trusted, (is_file($system) ? file_get_contents($system) : '') . file_get_contents(SETUP['ca']));
        $this->fpm = new Fpm($count, [
            "env[SSL_CERT_FILE] = {$this->trusted}", "php_admin_value[curl.cainfo] = {$this->trusted}",
        ], ['-d', 'extension=curl']);
    }

    /** One request of so many logins to each worker, all at the same time. @return list<array{wall: list<float>, processor: float}> */
    public function logins(string $way, string $origin, int $logins): array
    {
        $origin = SETUP['origins'][$origin];
        $asked = compact('way', 'logins', 'origin') + ['login' => LOGIN, 'options' => ['base_url' => $origin] + LOGIN['options']];
        $body = json_encode($asked, JSON_THROW_ON_ERROR);
        $requests = array_map(fn (): FastCgi => new FastCgi($this->fpm->socket, __DIR__ . '/login.php', $body), range(1, $this->count));
        return array_map(static fn (FastCgi $request): array => $request->answer(), $requests);
    }

    public function stop(): void
    {
        $this->fpm->stop();
        unlink($this->trusted);
    }
}

function loginRow(): void
{
    $workers = new Workers(1);
    // One login a request, as FPM serves them: a new client or a new handle each time.
    $requests = CHECK ? 2 : 40;
    $each = static fn (string $way): callable => static fn (): float => median(array_map(
        static fn (): float => $workers->logins($way, 'https', 1)[0]['wall'][0],
        range(1, $requests),
    ));
    $peer = 'curl handle per request';
    tell('PHP-FPM login over TLS', '', $peer, rounds($each('quhao'), $each($peer)));

    // Many logins a request, without the first, which connects.
    $logins = CHECK ? 3 : 101;
    $later = static fn (string $way): callable =>
        static fn (): float => median(array_slice($workers->logins($way, 'https', $logins)[0]['wall'], 1));
    $peer = 'curl handle reused';
    tell('PHP-FPM login over TLS', '', $peer, rounds($later('quhao'), $later($peer)));
    $workers->stop();
}

function handshakes(string $way): float
{
    $counts = static fn (): array => json_decode(file_get_contents(SETUP['origins']['http'] . '/counters'), true)['https'];
    $workers = new Workers(1);
    [$logins, $before] = [CHECK ? 20 : 1000, $counts()];
    for ($n = 0; $n < $logins; $n++) {
        $workers->logins($way, 'https', 1);
    }
    $after = $counts();
    $workers->stop();
    same($logins, $after['logins'] - $before['logins']);
    return (float) ($after['handshakes'] - $before['handshakes']);
}

function slowRows(): void
{
    [$peer, $logins] = ['curl handle reused', CHECK ? 2 : 11];
    foreach (['PHP-FPM, a call' => 1, 'PHP-FPM, 100 in flight' => 100] as $part => $count) {
        $workers = new Workers($count);
        $each = static fn (string $way): callable => static fn (): array => $workers->logins($way, 'slow', $logins);
        $rounds = rounds($each('quhao'), $each($peer));
        $workers->stop();
        $wall = static fn (array $round): float =>
            mean(array_merge(...array_map(static fn (array $worker): array => array_slice($worker['wall'], 1), $round))) / 1e3;
        tell('wall time of a login, gateway of 50 ms', $part, $peer, $rounds, $wall);
    }
    $processor = static fn (array $round): float => mean(array_column($round, 'processor')) / ($logins - 1);
    tell('processor time of a login, gateway of 50 ms, 100 in flight', 'PHP-FPM', $peer, $rounds, $processor);
}

function cryptoRow(): void
{
    ['options' => $options, 'params' => $params, 'ciphertext' => $ciphertext, 'expected' => $expected] = LOGIN;
    $client = new \Quhao\Client(LOGIN['provider'], ['base_url' => SETUP['origins']['http']] + $options);
    foreach ([Handwritten::body($params, $options), $client->prepareFetchNumber($params)->body] as $body) {
        parse_str($body, $fields);
        parse_str(LOGIN['body'], $wanted);
        same([], [...array_diff_assoc($fields, $wanted), ...array_diff_assoc($wanted, $fields)]);
    }
    $times = CHECK ? 50 : 5000;
    $mean = static fn (callable $run): callable => static function () use ($run, $times): float {
        // Strings of its own each time, as requests bring them.
        $asked = json_encode(LOGIN['params'], JSON_THROW_ON_ERROR);
        $each = array_map(static fn (): array => json_decode($asked, true), range(1, $times));
        $begun = hrtime(true);
        foreach ($each as $params) {
            $run($params);
        }
        return (hrtime(true) - $begun) / 1e3 / $times;
    };
    $ours = static function (array $params) use ($client, $ciphertext, $expected): void {
        $client->prepareFetchNumber($params)->body;
        same($expected, $client->decryptNumber($ciphertext));
    };
    $theirs = static function (array $params) use ($options, $ciphertext, $expected): void {
        Handwritten::body($params, $options);
        same($expected, Handwritten::decrypted($options['app_key'], $ciphertext));
    };
    tell('sign a login and open its number, no I/O', 'PHP', 'hash_hmac, openssl', rounds($mean($ours), $mean($theirs)));
}

function footprintRows(): void
{
    $run = static function (array $command): float {
        [$exit, $output, $errors] = Child::run($command, '');
        same([0, ''], [$exit, $errors]);
        return (float) $output;
    };
    $alone = static fn (callable $sample): array => array_map(static fn (): array => [$sample()], range(1, ROUNDS));
    // The work of `extension=` at the start, timed by itself.
    $extension = realpath(Child::extension());
    $load = "\$begun = hrtime(true); dl('" . basename($extension) . "'); echo (hrtime(true) - \$begun) / 1e6;";
    $loading = [PHP_BINARY, '-n', '-d', 'extension_dir=' . dirname($extension), '-d', 'enable_dl=1', '-r', $load];
    tell('import, require, load', 'PHP', '', $alone(static fn (): float => $run($loading)));
    [$bare, $called] = [[PHP_BINARY, '-n', __DIR__ . '/footprint.php', '0'], Child::php(__DIR__ . '/footprint.php', CHECK ? '20' : '1000')];
    tell('memory after 1,000 calls', 'PHP', '', $alone(static fn (): float => $run($called) - $run($bare)));
}

if (!extension_loaded('quhao')) {
    // The measuring process has the measured extension in it, and none that php.ini names.
    $extensions = array_merge(...array_map(static fn (string $name): array => ['-d', "extension={$name}"], ['curl', 'posix']));
    pcntl_exec(PHP_BINARY, ['-n', '-d', 'memory_limit=-1', ...$extensions, '-d', 'extension=' . Child::extension(), __FILE__]);
}

define(__NAMESPACE__ . '\SETUP', json_decode(file_get_contents(getenv('QUHAO_BENCH')), true, 512, JSON_THROW_ON_ERROR));
define(__NAMESPACE__ . '\LOGIN', SETUP['login']);
define(__NAMESPACE__ . '\CHECK', SETUP['check']);
define(__NAMESPACE__ . '\ROUNDS', CHECK ? 1 : 11);

$curl = curl_version();
echo json_encode(['versions' => sprintf('PHP %s, curl %s, %s', PHP_VERSION, $curl['version'], $curl['ssl_version'])], JSON_UNESCAPED_SLASHES), "\n";
loginRow();
tell('connections', 'handshakes of 1,000 logins', 'curl handle per request', [[handshakes('quhao'), handshakes('curl handle per request')]]);
slowRows();
cryptoRow();
footprintRows();
