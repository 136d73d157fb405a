<?php

// One login at the sandbox, as a release is tried before it is published: php -d extension=<path> login.php

declare(strict_types=1);

$sandbox = new Quhao\Sandbox();
$client = new Quhao\Client('shanyan', $sandbox->options('shanyan'));
$fetched = $client->fetchNumber($sandbox->phone('13800138000', 'cmcc')->params('shanyan', 'fetchNumber'));
echo $fetched->number === '13800138000' ? "logged in\n" : throw new Exception('expected the number of the phone');
