// SPDX-License-Identifier: Apache-2.0
// Reads a JSON list of Kubernetes objects from standard input, and prints a line for each thing that is wrong with them.
// kubernetes-models knows types, required fields and patterns; the compiler with kubernetes-types knows unknown fields.
import fs from 'node:fs';
import { complaints } from './type_check.mjs';

const TYPES = {
  'v1/Namespace': ['kubernetes-models/v1', 'kubernetes-types/core/v1'],
  'v1/ServiceAccount': ['kubernetes-models/v1', 'kubernetes-types/core/v1'],
  'apps/v1/DaemonSet': ['kubernetes-models/apps/v1', 'kubernetes-types/apps/v1'],
  'rbac.authorization.k8s.io/v1/ClusterRole': ['kubernetes-models/rbac.authorization.k8s.io/v1', 'kubernetes-types/rbac/v1'],
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding':
    ['kubernetes-models/rbac.authorization.k8s.io/v1', 'kubernetes-types/rbac/v1'],
  'scheduling.k8s.io/v1/PriorityClass': ['kubernetes-models/scheduling.k8s.io/v1', 'kubernetes-types/scheduling/v1'],
  'monitoring.coreos.com/v1/PodMonitor': ['@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'],
  'monitoring.coreos.com/v1/PrometheusRule': ['@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'],
};

const objects = JSON.parse(fs.readFileSync(0, 'utf8'));
let source = '';
for (const [number, object] of objects.entries()) {
  const type = `${object.apiVersion}/${object.kind}`;
  if (!TYPES[type]) {
    console.log(`${type}: nothing here knows this type`);
    continue;
  }
  const [models, types] = TYPES[type];
  try {
    new (await import(models))[object.kind](object).validate();
  } catch (error) {
    console.log(`${type} ${object.metadata.name}: ${error.message}`);
  }
  const [module, name] = types ? [types, object.kind] : [models, `I${object.kind}`];
  source += `import type { ${name} as T${number} } from '${module}';\n`;
  source += `export const object${number}: T${number} = ${JSON.stringify(object, null, 1)};\n`;
}
for (const line of complaints(import.meta.dirname, source)) console.log(line);
