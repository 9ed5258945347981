{{/* SPDX-License-Identifier: Apache-2.0 */}}

{{/* The name of all objects. Names of the roles have up to 17 characters more, so it has at most 46. */}}
{{- define "tcpgauge.fullname" -}}
{{- $full := ternary .Release.Name (printf "%s-tcpgauge" .Release.Name) (contains "tcpgauge" .Release.Name) }}
{{- default $full .Values.fullnameOverride | trunc 46 | trimSuffix "-" }}
{{- end }}

{{/* The name is the job's name in Prometheus, which the alerts look for. */}}
{{- define "tcpgauge.selectorLabels" -}}
app.kubernetes.io/name: tcpgauge
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tcpgauge.labels" -}}
{{ include "tcpgauge.selectorLabels" . }}
app.kubernetes.io/part-of: tcpgauge
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | replace "+" "_" | trunc 63 | trimAll "._-" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "tcpgauge.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "tcpgauge.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "tcpgauge.priorityClassName" -}}
{{- .Values.priorityClass.name | default (ternary (include "tcpgauge.fullname" .) "" .Values.priorityClass.create) }}
{{- end }}

{{- define "tcpgauge.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* HOST:PORT, with the brackets that an IPv6 address needs. */}}
{{- define "tcpgauge.listenAddress" -}}
{{- $host := .Values.listen.address }}
{{- printf "%s:%d" (ternary (printf "[%s]" $host) $host (contains ":" $host)) (int .Values.listen.port) }}
{{- end }}

{{/* "true" when a level asks the Kubernetes API, otherwise empty. */}}
{{- define "tcpgauge.asksApi" -}}
{{- if has .Values.identity.level (list "node" "cluster") }}true{{ end }}
{{- end }}

{{/* httpGet of a probe: probe (dict "root" . "path" PATH) */}}
{{- define "tcpgauge.httpGet" -}}
path: {{ .path }}
port: metrics
{{- with .root.Values.listen.address }}
host: {{ . | quote }}
{{- end }}
{{- if .root.Values.security.enabled }}
scheme: HTTPS
{{- end }}
{{- end }}

{{/* What OTLP says of where the metrics come from: NAME=VALUE,... A comma or a percent sign in a value is escaped. */}}
{{- define "tcpgauge.resourceAttributes" -}}
service.instance.id=$(POD_UID),host.name=$(NODE_NAME),k8s.node.name=$(NODE_NAME),k8s.pod.name=$(POD_NAME),
{{- /**/}}k8s.pod.uid=$(POD_UID),k8s.namespace.name=$(POD_NAMESPACE),k8s.daemonset.name=
{{- include "tcpgauge.fullname" . }},k8s.container.name=tcpgauge
{{- range $name, $value := .Values.otlp.resourceAttributes }},{{ $name }}=
{{- $value | replace "%" "%25" | replace "," "%2C" }}
{{- end }}
{{- end }}
