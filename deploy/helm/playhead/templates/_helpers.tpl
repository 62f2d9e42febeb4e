{{- define "playhead.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects nodes. It can never change: a Deployment's selector is immutable. */}}
{{- define "playhead.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: node
{{- end -}}

{{- define "playhead.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "playhead.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "playhead.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "playhead.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "playhead.secret" -}}
{{- default (include "playhead.fullname" .) .Values.secrets.existingSecret -}}
{{- end -}}

{{/* What no schema can say: values that need each other. All of it at once. */}}
{{- define "playhead.check" -}}
{{- $problems := list -}}
{{- if not .Values.image.repository -}}
{{- $problems = append $problems "image.repository: where did you push the image that deploy/Dockerfile builds?" -}}
{{- end -}}
{{- if not .Values.store -}}
{{- $problems = append $problems "store: write clickhouse://user@host:9000/database?cluster=NAME" -}}
{{- end -}}
{{- if not .Values.blocks -}}
{{- $problems = append $problems "blocks: write s3://bucket/prefix?endpoint=https://host:9000&region=NAME" -}}
{{- end -}}
{{- if .Values.secrets.existingSecret -}}
{{- range $key, $value := .Values.secrets -}}
{{- if and $value (ne $key "existingSecret") -}}
{{- $problems = append $problems (printf "secrets.%s: secrets.existingSecret is set, write it into that Secret" $key) -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- if not (or .Values.secrets.token .Values.secrets.tokens (get .Values.settings "projects")) -}}
{{- $problems = append $problems "secrets.token: the project token that clients send, the same on every node; or set settings.projects, or secrets.existingSecret" -}}
{{- end -}}
{{- if not .Values.secrets.password -}}
{{- $problems = append $problems "secrets.password: the password of the UI; or set secrets.existingSecret" -}}
{{- end -}}
{{- if not .Values.secrets.cookieKey -}}
{{- $problems = append $problems "secrets.cookieKey: make one with: openssl rand -base64 48; or set secrets.existingSecret" -}}
{{- end -}}
{{- if ne (empty .Values.secrets.s3AccessKey) (empty .Values.secrets.s3SecretKey) -}}
{{- $problems = append $problems "secrets.s3AccessKey and secrets.s3SecretKey: one without the other" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- $problems = append $problems "ingress.hosts: ingress.enabled needs at least one name" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- $problems = append $problems "autoscaling: minReplicas is more than maxReplicas" -}}
{{- end -}}
{{- if ge (int .Values.shutdownDelaySeconds) (int .Values.shutdownTimeoutSeconds) -}}
{{- $problems = append $problems "shutdownDelaySeconds is part of shutdownTimeoutSeconds: write less" -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "\n  %s\n" (join "\n  " $problems)) -}}
{{- end -}}
{{- end -}}

{{/* The settings file. Secrets are in the environment. */}}
{{- define "playhead.settings" -}}
{{- $settings := deepCopy .Values.settings -}}
{{- $_ := set $settings "listen" ":8000" -}}
{{- $_ := set $settings "store" .Values.store -}}
{{- $_ := set $settings "blocks" .Values.blocks -}}
{{- if .Values.publicURL -}}
{{- $_ := set $settings "public_url" .Values.publicURL -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not (hasKey $settings "trusted_proxies")) -}}
{{- /* Requests come by the ingress controller, from a private address; nobody outside the cluster reaches nodes otherwise. */ -}}
{{- $_ := set $settings "trusted_proxies" (list "10.0.0.0/8" "172.16.0.0/12" "192.168.0.0/16" "100.64.0.0/10" "fc00::/7") -}}
{{- end -}}
{{- $_ := set $settings "shutdown_delay" (printf "%ds" (int .Values.shutdownDelaySeconds)) -}}
{{- $_ := set $settings "shutdown_timeout" (printf "%ds" (int .Values.shutdownTimeoutSeconds)) -}}
{{- toYaml $settings -}}
{{- end -}}
