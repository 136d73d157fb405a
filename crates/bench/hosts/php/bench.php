<?php

declare(strict_types=1);

// PHP's rows, a line of JSON each; what is asked of this program is in ../../README.md.

namespace Quhao\Bench;

use Quhao\Tests\Child;
use Quhao\Tests\FastCgi;
use Quhao\Tests\Fpm;

const TESTS = __DIR__ . '/../../../../bindings/php/tests';

require TESTS . '/Child.php';
require TESTS . '/FastCgi.php';
require TESTS . '/Fpm.php';
require __DIR__ . '/handwritten.php';

/** phpseclib as Debian packages it. */
const PHPSECLIB = '/usr/share/php/phpseclib3/autoload.php';

define(__NAMESPACE__ . '\FULL', getenv('QUHAO_BENCH_SCALE') !== 'check');
define(__NAMESPACE__ . '\ROUNDS', FULL ? 15 : 2);

/** Read anew for each row: the phone's signatures are good for three minutes. */
function fixture(string $name): array
{
    $all = json_decode(file_get_contents(getenv('QUHAO_BENCH_FIXTURES')), true, 512, JSON_THROW_ON_ERROR);
    return array_column($all, null, 'name')[$name];
}

function tell(string $name, ?string $other, string $unit, array $ours, ?array $others): void
{
    $row = ['name' => $name, 'other_name' => $other, 'unit' => $unit, 'ours' => $ours, 'other' => $others];
    echo json_encode($row, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES), "\n";
}

/** Measures in turns, after each side has warmed up. */
function compare(string $name, string $other, string $unit, callable $ours, callable $others): void
{
    [$mine, $theirs] = [[], []];
    for ($round = -1; $round < ROUNDS; $round++) {
        $pair = [$ours(), $others()];
        if ($round >= 0) {
            [$mine[], $theirs[]] = $pair;
        }
    }
    tell($name, $other, $unit, $mine, $theirs);
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

/** Mean microseconds of what does no I/O, each time asked with strings of its own, as requests bring them. */
function mean(int $times, callable $run, mixed $asked): float
{
    $asked = json_encode($asked, JSON_THROW_ON_ERROR);
    $each = array_map(static fn (): mixed => json_decode($asked, true, 512, JSON_THROW_ON_ERROR), range(1, $times));
    $begun = hrtime(true);
    foreach ($each as $one) {
        $run($one);
    }
    return (hrtime(true) - $begun) / 1e3 / $times;
}

/** An FPM of one worker, in which curl and quhao both trust the system's certificates and the gateway's. */
final class Worker
{
    private readonly Fpm $fpm;
    private readonly string $trusted;

    public function __construct(bool $system = true)
    {
        $this->trusted = tempnam(sys_get_temp_dir(), 'quhao-bench-ca-');
        $store = $system && is_file('/etc/ssl/certs/ca-certificates.crt') ? file_get_contents('/etc/ssl/certs/ca-certificates.crt') : '';
        file_put_contents($this->trusted, $store . file_get_contents(getenv('QUHAO_BENCH_CA')));
        $this->fpm = new Fpm(1, [
            "env[SSL_CERT_FILE] = {$this->trusted}", "php_admin_value[curl.cainfo] = {$this->trusted}",
        ], ['-d', 'extension=curl']);
    }

    /** One request of so many logins. @return float[] microseconds of each */
    public function logins(string $way, int $logins): array
    {
        $login = array_intersect_key(fixture('shanyan-v1'), array_flip(['provider', 'path', 'params', 'options', 'expected']));
        $origin = getenv('QUHAO_BENCH_HTTPS');
        $asked = compact('way', 'logins', 'login', 'origin') + ['options' => ['base_url' => $origin] + $login['options']];
        return (new FastCgi($this->fpm->socket, __DIR__ . '/login.php', json_encode($asked)))->answer();
    }

    /** The same, and how long the whole request took. @return array{float, float} microseconds: the login, the request */
    public function request(string $way): array
    {
        $begun = hrtime(true);
        [$login] = $this->logins($way, 1);
        return [$login, (hrtime(true) - $begun) / 1e3];
    }

    public function stop(): void
    {
        $this->fpm->stop();
        unlink($this->trusted);
    }
}

function counters(): array
{
    return json_decode(file_get_contents(getenv('QUHAO_BENCH_HTTP') . '/counters'), true, 512, JSON_THROW_ON_ERROR);
}

/** One login a request, as FPM serves them: a new client or a new handle each time. */
function loginRows(): void
{
    $requests = FULL ? 40 : 3;
    $worker = new Worker();
    $ways = ['quhao', 'curl handle per request'];
    $rows = array_fill_keys($ways, ['login' => [], 'request' => []]);
    for ($round = -1; $round < ROUNDS; $round++) {
        foreach ($ways as $way) {
            $took = array_map(static fn (): array => $worker->request($way), range(1, $requests));
            if ($round >= 0) {
                $rows[$way]['login'][] = median(array_column($took, 0));
                $rows[$way]['request'][] = median(array_column($took, 1));
            }
        }
    }
    [$ours, $theirs] = [$rows['quhao'], $rows['curl handle per request']];
    tell('php-fpm login over TLS', 'curl handle per request', 'us per call', $ours['login'], $theirs['login']);
    tell('php-fpm whole request', 'curl handle per request', 'us per call', $ours['request'], $theirs['request']);

    $logins = FULL ? 100 : 4;
    // The first one connects.
    $later = static fn (string $way): callable => static fn (): float => median(array_slice($worker->logins($way, $logins + 1), 1));
    compare('php-fpm login over TLS', 'curl handle reused', 'us per call', $later('quhao'), $later('curl handle reused'));
    $worker->stop();

    $worker = new Worker(system: false);
    $each = static fn (string $way): callable => static fn (): float => median(array_map(
        static fn (): float => $worker->logins($way, 1)[0],
        range(1, $requests),
    ));
    compare('php-fpm login over TLS, one root trusted', 'curl handle per request', 'us per call', $each('quhao'), $each('curl handle per request'));
    $worker->stop();
}

function handshakeRow(): void
{
    $logins = FULL ? 1000 : 20;
    $counted = static function (string $way) use ($logins): int {
        $worker = new Worker();
        $before = counters();
        for ($n = 0; $n < $logins; $n++) {
            $worker->logins($way, 1);
        }
        $after = counters();
        $worker->stop();
        same([0, $logins], [$after['unknown'] - $before['unknown'], $after['requests'] - $before['requests']]);
        return $after['handshakes'] - $before['handshakes'];
    };
    $way = 'curl handle per request';
    tell('php-fpm handshakes for 1,000 logins', $way, 'handshakes', [$counted('quhao')], [$counted($way)]);
}

function cryptoRows(): void
{
    $row = static fn (string $name, string $other, mixed $asked, callable $ours, callable $others, int $times = FULL ? 5000 : 100) => compare(
        $name,
        $other,
        'us per call',
        static fn (): float => mean($times, $ours, $asked),
        static fn (): float => mean($times, $others, $asked),
    );

    $des = fixture('shanyan-v1');
    $client = new \Quhao\Client($des['provider'], $des['options']);
    [$key, $expected] = [$des['options']['app_key'], $des['expected']];
    $ours = static fn (string $sealed) => same($expected, $client->decryptNumber($sealed));
    $others = static fn (callable $open): callable => static fn (string $sealed) => same($expected, $open($key, $sealed));
    // It compiles code for each key and keeps it, 25 KB a time.
    $row('php open, ShanYan V1', 'phpseclib', $des['ciphertext'], $ours, $others(Handwritten::openWithPhpseclib(...)), FULL ? 200 : 20);
    $row('php open, ShanYan V1', 'openssl, triple DES', $des['ciphertext'], $ours, $others(Handwritten::openWithTripleDes(...)));

    $fields = static function (string $body): array {
        parse_str($body, $fields);
        ksort($fields);
        return $fields;
    };
    $names = static function (string $body): array {
        $names = array_keys(json_decode($body, true, 512, JSON_THROW_ON_ERROR));
        sort($names);
        return $names;
    };
    $signed = [
        ['php sign, ShanYan V2', 'hash_hmac', 'shanyan-v2', $fields, Handwritten::shanyanV2(...)],
        ['php sign, China Mobile', 'md5', 'cmcc-login', $names, Handwritten::chinaMobile(...)],
    ];
    foreach ($signed as [$name, $other, $login, $told, $sign]) {
        ['provider' => $provider, 'options' => $options, 'params' => $params, 'path' => $path, 'body' => $body] = fixture($login);
        $origin = getenv('QUHAO_BENCH_HTTP');
        $client = new \Quhao\Client($provider, ['base_url' => $origin] + $options);
        $ours = static fn (array $params): string => $client->prepareFetchNumber($params)->body;
        $others = static fn (array $params): string => $sign($origin . $path, $options, $params)['body'];
        same([$told($body), $told($body)], [$told($ours($params)), $told($others($params))]);
        same($client->prepareFetchNumber($params)->url, $sign($origin . $path, $options, $params)['url']);
        $row($name, $other, $params, $ours, $others);
    }
}

/** What a fresh process needs beyond the bare interpreter. */
function footprintRows(): void
{
    $told = static function (array $php, string ...$arguments): float {
        [$exit, $output, $errors] = Child::run([...$php, __DIR__ . '/footprint.php', ...$arguments], '');
        same([0, ''], [$exit, $errors]);
        return (float) $output;
    };
    $bare = static fn (): float => $told([PHP_BINARY, '-n'], 'bare');
    $calls = [getenv('QUHAO_BENCH_FIXTURES'), getenv('QUHAO_BENCH_HTTPS'), getenv('QUHAO_BENCH_CA'), FULL ? '1000' : '20'];
    $folder = dirname(realpath(Child::extension()));
    // What `extension=` does at the start, timed by itself.
    $load = "\$begun = hrtime(true); dl('" . basename(Child::extension()) . "'); echo (hrtime(true) - \$begun) / 1e6;";
    $loading = [PHP_BINARY, '-n', '-d', "extension_dir={$folder}", '-d', 'enable_dl=1', '-r', $load];
    $rows = [
        'php extension load' => ['ms', static fn (): float => (float) Child::run($loading, '')[1]],
        'php resident after load' => ['KiB', static fn (): float => $told(Child::php(), 'loaded') - $bare()],
        'php resident after 1,000 calls' => ['KiB', static fn (): float => $told(Child::php(), 'called', ...$calls) - $bare()],
    ];
    foreach ($rows as $name => [$unit, $sample]) {
        tell($name, null, $unit, array_map($sample, range(1, ROUNDS)), null);
    }
}

if (!extension_loaded('quhao')) {
    // The process that measures has what it measures in it, and nothing that php.ini names.
    $extensions = array_merge(...array_map(static fn (string $name): array => ['-d', "extension={$name}"], ['curl', 'mbstring', 'posix']));
    pcntl_exec(PHP_BINARY, ['-n', '-d', 'memory_limit=-1', ...$extensions, '-d', 'extension=' . Child::extension(), __FILE__]);
}

require PHPSECLIB;

$version = curl_version();
echo json_encode(['about' => sprintf('PHP %s, quhao %s, curl %s, %s, phpseclib 3', PHP_VERSION, phpversion('quhao'), $version['version'], $version['ssl_version'])]), "\n";
loginRows();
handshakeRow();
cryptoRows();
footprintRows();
