{{- /* root, kind, name, account, image, values; optional: replicas, claims (of a StatefulSet), claim (of a Deployment) */ -}}
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
          image: {{ .image }}
          resources: {{ toJson (.values.resources | default dict) }}
          {{- with .claim }}
          volumeMounts:
            - name: storage
              mountPath: /storage
          {{- end }}
          {{- with .claims }}
          volumeMounts:
            {{- range . }}
            - name: {{ .metadata.name }}
              mountPath: /{{ .metadata.name }}
            {{- end }}
          {{- end }}
      {{- with .claim }}
      volumes:
        - name: storage
          persistentVolumeClaim:
            claimName: {{ . }}
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
