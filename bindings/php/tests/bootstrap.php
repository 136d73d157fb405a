<?php

declare(strict_types=1);

if (!extension_loaded('quhao')) {
    fwrite(STDERR, "run it as: php -d extension=<path of libquhao.so> phpunit -c bindings/php\n");
    exit(1);
}

require __DIR__ . '/Vectors.php';
require __DIR__ . '/Child.php';
require __DIR__ . '/FastCgi.php';
require __DIR__ . '/Fpm.php';
