<?php

declare(strict_types=1);

namespace Quhao\Tests;

/** A real FPM with the extension in it, on a socket in a folder of its own, until it is stopped. */
final class Fpm
{
    public readonly string $socket;
    /** @var resource */
    public readonly mixed $master;
    private readonly string $folder;

    /**
     * @param list<string> $settings further lines of the pool
     * @param list<string> $arguments further arguments of the master
     */
    public function __construct(int $workers, array $settings = [], array $arguments = [])
    {
        $this->folder = sys_get_temp_dir() . '/quhao-fpm-' . bin2hex(random_bytes(6));
        $this->socket = $this->folder . '/socket';
        mkdir($this->folder, 0700);
        file_put_contents($this->folder . '/fpm.conf', implode("\n", [
            '[global]', 'daemonize = no', "error_log = {$this->folder}/log", 'process_control_timeout = 5s',
            '[www]', "listen = {$this->socket}", 'pm = static', "pm.max_children = {$workers}",
            ...$settings, ...(posix_geteuid() === 0 ? ['user = root', 'group = root'] : []), '',
        ]));
        $command = [
            self::program(), '-n', '-F', '-R', '-y', $this->folder . '/fpm.conf',
            '-d', 'zend_extension=opcache', '-d', 'opcache.enable=1', '-d', 'extension=' . Child::extension(),
            '-d', 'display_errors=1', '-d', 'error_reporting=-1', '-d', "error_log={$this->folder}/php.log",
            ...$arguments,
        ];
        $files = [['file', '/dev/null', 'r'], ['file', $this->folder . '/out', 'w'], ['redirect', 1]];
        $this->master = proc_open($command, $files, $none);
        for ($tries = 0; $tries < 200 && !file_exists($this->socket); $tries++) {
            usleep(50_000);
        }
        if (!file_exists($this->socket)) {
            throw new \RuntimeException('FPM does not listen: ' . $this->log());
        }
    }

    public function stop(): void
    {
        if (proc_get_status($this->master)['running']) {
            proc_terminate($this->master, SIGTERM);
        }
        proc_close($this->master);
        array_map('unlink', glob($this->folder . '/*'));
        rmdir($this->folder);
    }

    /** What FPM, its workers and PHP have written. */
    public function log(): string
    {
        $files = array_map(fn (string $name): string => "{$this->folder}/{$name}", ['log', 'out', 'php.log']);
        return implode("\n", array_map('file_get_contents', array_filter($files, 'is_file')));
    }

    private static function program(): string
    {
        $name = 'php-fpm' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
        foreach (["/usr/sbin/{$name}", '/usr/sbin/php-fpm', '/usr/local/sbin/php-fpm'] as $path) {
            if (is_executable($path)) {
                return $path;
            }
        }
        throw new \RuntimeException("no {$name}: run cargo xtask setup");
    }
}
