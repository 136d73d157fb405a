<?php

declare(strict_types=1);

namespace Quhao\Tests;

use PHPUnit\Framework\TestCase;

/** The stub is what an IDE believes; the extension is what runs. */
final class StubTest extends TestCase
{
    private const STUB = __DIR__ . '/../stubs/quhao.php';

    public function testStubAndExtensionAreTheSameToReflection(): void
    {
        $stub = self::reflected([PHP_BINARY, '-n'], self::STUB);
        $extension = self::reflected(Child::php());
        $this->assertGreaterThan(15, count(json_decode($stub, true)['classes']));
        $this->assertSame($stub, $extension);
    }

    public function testTheHintsAreTheCoresOwn(): void
    {
        // The tables in both readmes are generated from the core.
        $hints = [];
        foreach (['README.zh-CN.md', 'README.md'] as $readme) {
            preg_match_all('/^\\| `(\w+)`([^|]*)\\|[^|]+\\| (.+) \\|$/m', self::kinds($readme), $rows, PREG_SET_ORDER);
            foreach ($rows as [, $kind, $where, $hint]) {
                $hints[$kind . (str_contains($where, 'connect') ? ' connect' : '')][] = $hint;
            }
        }
        foreach (['config', 'credentials', 'decrypt', 'forbidden', 'input', 'protocol', 'quota', 'token', 'transport', 'unavailable'] as $kind) {
            $class = 'Quhao\Exception\\' . ucfirst($kind) . 'Exception';
            $this->assertSame(implode(' / ', $hints[$kind]), (new $class())->hint);
        }
    }

    private static function kinds(string $readme): string
    {
        preg_match('/<!-- generated: kinds -->(.+?)<!-- end: kinds -->/s', file_get_contents(dirname(__DIR__, 3) . '/' . $readme), $table);
        return $table[1];
    }

    public function testEveryClassMethodAndPropertyIsDocumented(): void
    {
        $tokens = token_get_all(file_get_contents(self::STUB));
        $documented = false;
        $undocumented = [];
        foreach ($tokens as $at => $token) {
            [$kind, $text, $line] = is_array($token) ? $token : [null, $token, 0];
            if ($kind === T_DOC_COMMENT) {
                $documented = true;
            } elseif (in_array($kind, [T_CLASS, T_FUNCTION, T_CONST], true) || ($kind === T_VARIABLE && self::isProperty($tokens, $at))) {
                $name = $kind === T_VARIABLE ? $text : $tokens[$at + 2][1];
                // A private constructor, and the facts that each kind of exception repeats, need no words.
                if (!$documented && !in_array($name, ['__construct', '$kind', '$retry', '$hint'], true)) {
                    $undocumented[] = "{$name} in line {$line}";
                }
                $documented = false;
            }
        }
        $this->assertSame([], $undocumented);
    }

    private static function isProperty(array $tokens, int $at): bool
    {
        for ($before = $at - 1; is_array($tokens[$before]) && $tokens[$before][0] !== T_DOC_COMMENT; $before--) {
            if ($tokens[$before][0] === T_PUBLIC) {
                return true;
            }
        }
        return $tokens[$before] === '?' && self::isProperty($tokens, $before);
    }

    private static function reflected(array $php, string ...$arguments): string
    {
        [$exit, $output, $errors] = Child::run([...$php, dirname(self::STUB) . '/reflect.php', ...$arguments], '');
        self::assertSame([0, ''], [$exit, $errors]);
        return $output;
    }
}
