{{- define "skald.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "skald.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "skald.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "skald.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "skald.selector" -}}
app.kubernetes.io/name: {{ include "skald.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "skald.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "skald.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: skald
{{- end -}}

{{- define "skald.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "skald.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "skald.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Not root, nothing to write to, no capability, the default seccomp profile. */}}
{{- define "skald.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "skald.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Where the database is, by a whole URL. */}}
{{- define "skald.database" -}}
{{- $database := required "database.existingSecret is needed: a secret with the URL of the database" .Values.database.existingSecret -}}
{{- if .Values.database.mounted -}}
- name: DATABASE_URL_FILE
  value: /etc/skald/database-url/{{ .Values.database.key }}
{{- else -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ $database }}
      key: {{ .Values.database.key }}
{{- end }}
{{- with .Values.database.ca }}
{{- if .existingSecret }}
- name: DATABASE_SSL_CA
  value: /etc/skald/database/{{ .key }}
{{- if .certKey }}
- name: DATABASE_SSL_CERT
  value: /etc/skald/database/{{ .certKey }}
- name: DATABASE_SSL_KEY
  value: /etc/skald/database/{{ .keyKey }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Where the brokers are, and who a program is to them: a dict of `root` and `sasl`. */}}
{{- define "skald.kafka" -}}
{{- $root := .root -}}
- name: KAFKA_BROKERS
  value: {{ required "kafka.brokers is needed: a list of host:port" (join "," $root.Values.kafka.brokers) | quote }}
{{- with $root.Values.kafka.tls }}
{{- if .enabled }}
- name: KAFKA_SSL
  value: 'true'
{{- if .existingSecret }}
- name: KAFKA_SSL_CA
  value: /etc/skald/kafka/{{ .caKey }}
{{- if .certKey }}
- name: KAFKA_SSL_CERT
  value: /etc/skald/kafka/{{ .certKey }}
- name: KAFKA_SSL_KEY
  value: /etc/skald/kafka/{{ .keyKey }}
{{- end }}
{{- end }}
{{- if .serverName }}
- name: KAFKA_SSL_SERVERNAME
  value: {{ .serverName | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with .sasl }}
{{- if .mechanism }}
- name: KAFKA_SASL_MECHANISM
  value: {{ .mechanism }}
{{- if eq .mechanism "oauthbearer" }}
- name: KAFKA_SASL_TOKEN_FILE
  value: /etc/skald/sasl/{{ required "kafka.sasl.tokenKey is needed with oauthbearer" .tokenKey }}
{{- else if .mounted }}
{{- if .username }}
- name: KAFKA_SASL_USERNAME
  value: {{ .username | quote }}
{{- else }}
- name: KAFKA_SASL_USERNAME_FILE
  value: /etc/skald/sasl/{{ .usernameKey }}
{{- end }}
- name: KAFKA_SASL_PASSWORD_FILE
  value: /etc/skald/sasl/{{ .passwordKey }}
{{- else }}
- name: KAFKA_SASL_USERNAME
{{- if .username }}
  value: {{ .username | quote }}
{{- else }}
  valueFrom:
    secretKeyRef:
      name: {{ required "kafka.sasl.existingSecret is needed with a mechanism" .existingSecret }}
      key: {{ .usernameKey }}
{{- end }}
- name: KAFKA_SASL_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ required "kafka.sasl.existingSecret is needed with a mechanism" .existingSecret }}
      key: {{ .passwordKey }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What service and migration job have in common: where broker and database are, who we are to them, what is installed. */}}
{{- define "skald.connections" -}}
- name: SKALD_PROFILE
  value: {{ .Values.profile }}
{{ include "skald.database" . }}
- name: SKALD_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ required "signing.existingSecret is needed: a secret that signs what only the coordinator may write" .Values.signing.existingSecret }}
      key: {{ .Values.signing.key }}
{{ include "skald.kafka" (dict "root" . "sasl" .Values.kafka.sasl) }}
- name: KAFKA_CLIENT_ID
  value: {{ .Values.kafka.clientId | quote }}
- name: SKALD_INSTALLATION
  value: {{ .Values.installation.name | quote }}
- name: SKALD_HOME_PARTITIONS
  value: {{ .Values.installation.homePartitions | quote }}
- name: SKALD_TOPIC_REPLICATION
  value: {{ .Values.installation.topicReplication | quote }}
- name: SKALD_TOPICS_CREATE
  value: {{ .Values.installation.createTopics | quote }}
{{- end -}}

{{/* Whether who we are to the broker is read from files. */}}
{{- define "skald.saslMounted" -}}
{{- with .Values.kafka.sasl -}}
{{- if or (eq .mechanism "oauthbearer") (and .mechanism .mounted) }}true{{ end -}}
{{- end -}}
{{- end -}}

{{- define "skald.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- if and .Values.kafka.tls.enabled .Values.kafka.tls.existingSecret }}
- name: kafka-tls
  mountPath: /etc/skald/kafka
  readOnly: true
{{- end }}
{{- if .Values.database.mounted }}
- name: database-url
  mountPath: /etc/skald/database-url
  readOnly: true
{{- end }}
{{- if .Values.database.ca.existingSecret }}
- name: database-ca
  mountPath: /etc/skald/database
  readOnly: true
{{- end }}
{{- if include "skald.saslMounted" . }}
- name: kafka-sasl
  mountPath: /etc/skald/sasl
  readOnly: true
{{- end }}
{{- end -}}

{{/* A dict of `root` and `sasl`, as for `skald.kafka`. */}}
{{- define "skald.volumes" -}}
{{- $sasl := .sasl -}}
{{- with .root -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- if and .Values.kafka.tls.enabled .Values.kafka.tls.existingSecret }}
- name: kafka-tls
  secret:
    secretName: {{ .Values.kafka.tls.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- if .Values.database.mounted }}
- name: database-url
  secret:
    secretName: {{ .Values.database.existingSecret }}
    defaultMode: 0440
    items: [{ key: {{ .Values.database.key }}, path: {{ .Values.database.key }} }]
{{- end }}
{{- if .Values.database.ca.existingSecret }}
- name: database-ca
  secret:
    secretName: {{ .Values.database.ca.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- if include "skald.saslMounted" . }}
- name: kafka-sasl
  secret:
    secretName: {{ required "kafka.sasl.existingSecret is needed with a mechanism" $sasl.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- end -}}

{{/* Where spans go: a dict of `root` and `name`, the service they are of. */}}
{{- define "skald.tracing" -}}
{{- with .root.Values.tracing -}}
{{- if .endpoint -}}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: OTEL_TRACES_SAMPLER
  value: {{ .sampler }}
- name: OTEL_TRACES_SAMPLER_ARG
  value: {{ .ratio | quote }}
- name: OTEL_SERVICE_NAME
  value: {{ $.name }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Where pods are put, by the labels that tell them from others: a dict of `root` and `selector`. */}}
{{- define "skald.placement" -}}
{{- $selector := .selector -}}
{{- with .root.Values -}}
{{- if .topologySpread.enabled -}}
topologySpreadConstraints:
  {{- range list .topologySpread.topologyKey "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- $selector | nindent 8 }}
  {{- end }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
affinity:
  {{- if .affinity }}
  {{- toYaml .affinity | nindent 2 }}
  {{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{- $selector | nindent 14 }}
  {{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "skald.bridge.fullname" -}}
{{- printf "%s-http-bridge" (include "skald.fullname" . | trunc 51 | trimSuffix "-") -}}
{{- end -}}

{{/* Not the labels of the service: its selectors must not see these pods. */}}
{{- define "skald.bridge.selector" -}}
app.kubernetes.io/name: {{ include "skald.name" . }}-http-bridge
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "skald.bridge.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "skald.bridge.selector" . }}
app.kubernetes.io/component: http-bridge
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: skald
{{- end -}}

{{- define "skald.bridge.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- include "skald.bridge.fullname" . -}}
{{- else -}}
{{- include "skald.serviceAccount" . -}}
{{- end -}}
{{- end -}}

{{/* What KEDA scales by: a dict of `root`, `group`, `topic` and `threshold`. */}}
{{- define "skald.lagTrigger" -}}
{{- with .root.Values -}}
- type: kafka
  metadata:
    bootstrapServers: {{ join "," .kafka.brokers | quote }}
    consumerGroup: {{ $.group }}
    topic: {{ $.topic }}
    lagThreshold: {{ $.threshold | quote }}
    allowIdleConsumers: 'false'
    {{- if .kafka.tls.enabled }}
    tls: enable
    {{- end }}
    {{- with .kafka.sasl.mechanism }}
    sasl: {{ get (dict "plain" "plaintext" "scram-sha-256" "scram_sha256" "scram-sha-512" "scram_sha512" "oauthbearer" "oauthbearer") . }}
    {{- end }}
  {{- $authentication := .autoscaling.authenticationRef }}
  {{- if .kafka.sasl.mechanism }}
  {{- $authentication = required "autoscaling.authenticationRef is needed with kafka.sasl: KEDA reads the lag itself" $authentication }}
  {{- end }}
  {{- with $authentication }}
  authenticationRef:
    name: {{ . }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/* Who lets Prometheus find pods: a dict of `root`, `name`, `labels` and `selector`. */}}
{{- define "skald.serviceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- .labels | nindent 4 }}
    {{- with .root.Values.metrics.serviceMonitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels: {{- .selector | nindent 6 }}
  endpoints:
    - port: http
      path: /metrics
      interval: {{ .root.Values.metrics.serviceMonitor.interval }}
{{- end -}}

{{/* Who may call pods. */}}
{{- define "skald.callers" -}}
{{- with .Values.networkPolicy.ingressFrom -}}
{{- toYaml . -}}
{{- else -}}
- podSelector: {}
{{- end -}}
{{- end -}}
