<?php

declare(strict_types=1);

// Runs in a worker of FPM: so many logins in one request. bench.php sends the requests.
// Prints the microseconds of each login, and the processor time of the logins after the first, which may connect.

namespace Quhao\Bench;

require_once __DIR__ . '/handwritten.php';

['way' => $way, 'logins' => $logins, 'origin' => $origin, 'login' => $login, 'options' => $options] =
    json_decode(file_get_contents('php://input'), true, 512, JSON_THROW_ON_ERROR);

function processor(): float
{
    $used = getrusage();
    return ($used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec']) * 1e6 + $used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec'];
}

/** Each returns a number. quhao's client is made anew each time, as in one login a request. */
$reused = $way === 'curl handle reused' ? curl_init() : null;
$call = match ($way) {
    'quhao' => static fn (): string => (new \Quhao\Client($login['provider'], $options))->fetchNumber($login['params'])->number,
    'curl handle per request' => static fn (): string => Handwritten::fetchNumber(curl_init(), $origin, $login),
    'curl handle reused' => static fn (): string => Handwritten::fetchNumber($reused, $origin, $login),
};

[$wall, $before] = [[], 0.0];
for ($n = 0; $n < $logins; $n++) {
    if ($n === 1) {
        $before = processor();
    }
    $begun = hrtime(true);
    $number = $call();
    $wall[] = (hrtime(true) - $begun) / 1e3;
    if ($number !== $login['expected']) {
        throw new \RuntimeException("expected {$login['expected']}, got {$number}");
    }
}

header('Content-Type: application/json');
echo json_encode(['wall' => $wall, 'processor' => processor() - $before]);
