// SPDX-License-Identifier: Apache-2.0
// TypeScript as a judge of JSON: values that are written as literals may have no field that their type does not know.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

// Compiles `source` as if it stood in `folder`; returns a line for each thing that is wrong.
export function complaints(folder, source) {
  const file = path.join(folder, 'checked.ts');
  fs.writeFileSync(file, source);
  const program = ts.createProgram([file], {
    noEmit: true, strict: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
  });
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    if (!diagnostic.file) return text;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
    return `${diagnostic.file.text.split('\n')[line].trim().slice(0, 100)}: ${text}`;
  });
}
