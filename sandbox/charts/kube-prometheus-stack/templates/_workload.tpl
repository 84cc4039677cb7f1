{{- /* root, kind, name, account, image, values; optional: replicas, claims, env */ -}}
{{- define "workload" }}
{{- $labels := dict "app.kubernetes.io/name" .name "app.kubernetes.io/instance" .root.Release.Name }}
---
apiVersion: apps/v1
kind: {{ .kind }}
metadata:
  name: {{ .name }}
  labels: {{ toJson $labels }}
spec:
  {{- if ne .kind "DaemonSet" }}
  replicas: {{ .replicas | default 1 }}
  {{- end }}
  {{- if eq .kind "StatefulSet" }}
  serviceName: {{ .name }}
  {{- end }}
  selector:
    matchLabels: {{ toJson $labels }}
  template:
    metadata:
      labels: {{ toJson $labels }}
    spec:
      serviceAccountName: {{ .account }}
      {{- with .values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      nodeSelector: {{ toJson (.values.nodeSelector | default dict) }}
      tolerations: {{ toJson (.values.tolerations | default list) }}
      containers:
        - name: main
          image: {{ with (.values.image).registry }}{{ . }}/{{ trimPrefix (printf "%s/" (first (splitList "/" $.image))) $.image }}{{ else }}{{ .image }}{{ end }}
          env: {{ toJson (.env | default list) }}
          resources: {{ toJson (.values.resources | default dict) }}
          {{- with .claims }}
          volumeMounts:
            {{- range . }}
            - name: {{ .metadata.name }}
              mountPath: /{{ .metadata.name }}
            {{- end }}
          {{- end }}
  {{- with .claims }}
  volumeClaimTemplates: {{ toJson . }}
  {{- end }}
{{- end }}

{{- define "account" }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ . }}
{{- end }}

{{- /* A claim of the operator's storage settings, by name */ -}}
{{- define "claims" }}
{{- with .storage.volumeClaimTemplate }}
{{- toJson (list (dict "metadata" (dict "name" $.name) "spec" .spec)) }}
{{- else }}[]{{ end }}
{{- end }}
