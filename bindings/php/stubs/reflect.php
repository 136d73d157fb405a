<?php

// Prints PHP's reflection of quhao as JSON: of the stub that is named, or of the loaded extension.
//
// The build script runs it on the stub, and the extension registers its classes from that; the tests run it on both.

if (isset($argv[1])) {
    require $argv[1];
}

$type = static function (?ReflectionType $type): ?string {
    $names = $type instanceof ReflectionUnionType ? array_map('strval', $type->getTypes()) : [(string) $type];
    sort($names);
    return $type === null ? null : implode('|', $names);
};

$parameter = static fn (ReflectionParameter $parameter): array => [
    'name' => $parameter->getName(),
    'type' => $type($parameter->getType()),
    'default' => $parameter->isOptional() ? strtolower(var_export($parameter->getDefaultValue(), true)) : null,
    'attributes' => array_map(static fn (ReflectionAttribute $attribute): string => $attribute->getName(), $parameter->getAttributes()),
];

$signature = static fn (ReflectionFunctionAbstract $function): array => [
    'returns' => $type($function->getReturnType()),
    'parameters' => array_map($parameter, $function->getParameters()),
];

$property = static fn (ReflectionProperty $property): array => [
    'name' => $property->getName(),
    'type' => $type($property->getType()),
    'flags' => $property->getModifiers(),
    // One value or none: the default may be null.
    'default' => $property->hasDefaultValue() ? [$property->getDefaultValue()] : [],
];

$method = static fn (ReflectionMethod $method): array => [
    'name' => $method->getName(),
    'flags' => $method->getModifiers(),
] + $signature($method);

$ours = static fn (string $name): bool => str_starts_with(strtolower($name), 'quhao\\');

$known = ['classes' => [], 'functions' => []];
// In the order of declaration: parents stand before their children.
foreach (array_filter(get_declared_classes(), $ours) as $name) {
    $class = new ReflectionClass($name);
    // Inherited members are listed with the parent.
    $own = static fn ($member): bool => $member->getDeclaringClass()->getName() === $class->getName();
    $known['classes'][] = [
        'name' => $class->getName(),
        'parent' => ($class->getParentClass() ?: null)?->getName(),
        'interfaces' => $class->getInterfaceNames(),
        'final' => $class->isFinal(),
        'abstract' => $class->isAbstract(),
        'constants' => (object) $class->getConstants(),
        'properties' => array_map($property, array_values(array_filter($class->getProperties(), $own))),
        'methods' => array_map($method, array_values(array_filter($class->getMethods(), $own))),
    ];
}
foreach (get_defined_functions() as $functions) {
    foreach (array_filter($functions, $ours) as $name) {
        $function = new ReflectionFunction($name);
        $known['functions'][] = ['name' => $function->getName()] + $signature($function);
    }
}

echo json_encode($known, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
