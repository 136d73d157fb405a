<?php

declare(strict_types=1);

// Prints the resident KiB: bare, or after so many logins.

$calls = (int) $argv[1];
if ($calls > 0) {
    ['login' => $login, 'origins' => $origins, 'ca' => $ca] = json_decode(file_get_contents(getenv('QUHAO_BENCH')), true);
    $options = ['base_url' => $origins['https'], 'ca_certificate' => $ca] + $login['options'];
    for ($n = 0; $n < $calls; $n++) {
        $number = (new Quhao\Client($login['provider'], $options))->fetchNumber($login['params'])->number;
        if ($number !== $login['expected']) {
            throw new RuntimeException("expected {$login['expected']}, got {$number}");
        }
    }
    unset($login, $origins, $options, $number);
}

preg_match('/^VmRSS:\s*(\d+)/m', file_get_contents('/proc/self/status'), $resident);
echo $resident[1];
