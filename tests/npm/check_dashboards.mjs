// SPDX-License-Identifier: Apache-2.0
// Holds the dashboards named on the command line against Grafana's published types, and their expressions against
// Prometheus's own grammar. Prints a line for each thing that is wrong.
import fs from 'node:fs';
import path from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { complaints } from './type_check.mjs';

const TYPES = path.join(import.meta.dirname, 'node_modules/@grafana/schema/dist/types');

// JSON holds the values of enumerations, where the types want their names: they become unions of their values.
function withoutEnums(text) {
  const members = {};
  const unions = text.replace(/export declare enum (\w+) \{([^}]*)\}/g, (_, name, body) => {
    const values = [...body.matchAll(/(\w+) = ("[^"]*"|-?\d+)/g)];
    values.forEach(([, member, value]) => { members[`${name}.${member}`] = value; });
    return `export type ${name} = ${values.map(([, , value]) => value).join(' | ')};`;
  });
  return unions.replace(/\b([A-Z]\w+\.\w+)\b/g, (name) => members[name] || name);
}

function copyTypes(from, to, imports) {
  fs.writeFileSync(path.join(import.meta.dirname, to), withoutEnums(fs.readFileSync(path.join(TYPES, from), 'utf8'))
    .replace(/from '@grafana\/schema'/g, `from '${imports}'`));
}

copyTypes('common/common.gen.d.ts', 'common.d.ts', './common.js');
copyTypes('raw/dashboard/x/types.gen.d.ts', 'dashboard.d.ts', './common.js');
const KINDS = ['timeseries', 'stat', 'table', 'nodeGraph'];
for (const kind of KINDS) {
  copyTypes(`raw/composable/${kind.toLowerCase()}/panelcfg/x/types.gen.d.ts`, `${kind}.d.ts`, './common.js');
}

let source = "import type { Dashboard } from './dashboard.js';\n";
for (const kind of KINDS) source += `import type * as ${kind} from './${kind}.js';\n`;
// Grafana publishes no type for Prometheus's queries: this is what ours use.
source += `interface Target {
  refId: string; datasource: { type: string; uid: string }; expr: string; legendFormat: string;
  format?: 'table' | 'time_series'; instant?: boolean;
}\n`;
let number = 0;
for (const file of process.argv.slice(2)) {
  const dashboard = JSON.parse(fs.readFileSync(file, 'utf8'));
  const literal = (value) => JSON.stringify(value, null, 1);
  source += `export const value${number++}: Dashboard = ${literal(dashboard)};\n`;
  for (const panel of dashboard.panels) {
    if (panel.type === 'row') continue;
    if (!KINDS.includes(panel.type)) console.log(`${file}: ${panel.title}: panels of type ${panel.type} are not checked`);
    source += `export const value${number++}: ${panel.type}.Options = ${literal(panel.options)};\n`;
    if (panel.fieldConfig.defaults.custom) {
      source += `export const value${number++}: ${panel.type}.FieldConfig = ${literal(panel.fieldConfig.defaults.custom)};\n`;
    }
    for (const target of panel.targets) {
      source += `export const value${number++}: Target = ${literal(target)};\n`;
      const expression = target.expr.replace(/\$__rate_interval/g, '1m');
      parser.parse(expression).iterate({
        enter(node) {
          if (node.type.isError) console.log(`${file}: ${panel.title}: not PromQL at ${node.from}: ${expression}`);
        },
      });
    }
  }
}
for (const line of complaints(import.meta.dirname, source)) console.log(line);
