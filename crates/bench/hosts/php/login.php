<?php

declare(strict_types=1);

// What a worker of FPM runs: so many logins in one request, each timed where it happens. bench.php sends the requests.

namespace Quhao\Bench;

require_once __DIR__ . '/handwritten.php';

['way' => $way, 'logins' => $logins, 'origin' => $origin, 'login' => $login, 'options' => $options] =
    json_decode(file_get_contents('php://input'), true, 512, JSON_THROW_ON_ERROR);

/** Each returns a number. quhao's client is made anew each time, as in one login a request. */
$reused = $way === 'curl handle reused' ? curl_init() : null;
$ways = [
    'quhao' => static fn (): string => (new \Quhao\Client($login['provider'], $options))->fetchNumber($login['params'])->number,
    'curl handle per request' => static fn (): string => Handwritten::fetchNumber(curl_init(), $origin, $login),
    'curl handle reused' => static fn (): string => Handwritten::fetchNumber($reused, $origin, $login),
];

$took = [];
for ($n = 0; $n < $logins; $n++) {
    $begun = hrtime(true);
    $number = $ways[$way]();
    $took[] = (hrtime(true) - $begun) / 1e3;
    if ($number !== $login['expected']) {
        throw new \RuntimeException("expected {$login['expected']}, got {$number}");
    }
}

header('Content-Type: application/json');
echo json_encode($took);
