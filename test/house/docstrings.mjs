// Every name a library exports has a docstring. Prints those that have none and fails.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import ts from 'typescript';

const libraries = readdirSync('libs').map((name) => path.join('libs', name, 'src', 'index.ts'));
const entries = libraries.filter((file) => ts.sys.fileExists(file));
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile('tsconfig.json', (file) => ts.sys.readFile(file)).config,
  ts.sys,
  '.',
);
const program = ts.createProgram(entries, { ...options, noEmit: true });
const checker = program.getTypeChecker();

function exportsOf(file) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  return module === undefined ? [] : checker.getExportsOfModule(module);
}

function original(symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

const silent = entries.flatMap((file) =>
  exportsOf(file)
    .filter(
      (symbol) => ts.displayPartsToString(original(symbol).getDocumentationComment(checker)).trim() === '',
    )
    .map((symbol) => `${file}: ${symbol.name}`),
);
for (const name of silent) process.stdout.write(`${name} has no docstring\n`);
process.stdout.write(`${entries.length} libraries looked at, ${silent.length} names without a docstring\n`);
process.exitCode = silent.length === 0 ? 0 : 1;
