{{- define "airflow.image" -}}
{{ .Values.images.airflow.repository | default .Values.defaultAirflowRepository }}:{{ .Values.images.airflow.tag | default .Values.defaultAirflowTag }}
{{- end }}

{{- define "airflow.dags" -}}
{{ .Values.airflowHome }}/dags{{ if .Values.dags.gitSync.enabled }}/repo/{{ .Values.dags.gitSync.subPath }}{{ end }}
{{- end }}

{{- define "airflow.labels" -}}
tier: airflow
component: {{ .component }}
release: {{ .root.Release.Name }}
{{- end }}

{{- define "airflow.objectLabels" -}}
{{ include "airflow.labels" . }}
chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
heritage: {{ .root.Release.Service }}
{{- end }}

{{- define "airflow.serviceAccountName" -}}
{{ .values.serviceAccount.name | default (ternary (printf "%s-%s" .root.Release.Name .component) "default" .values.serviceAccount.create) }}
{{- end }}

{{- define "airflow.secretEnv" -}}
- name: AIRFLOW_HOME
  value: {{ .Values.airflowHome }}
- name: AIRFLOW__CORE__FERNET_KEY
  valueFrom:
    secretKeyRef:
      name: {{ required "fernetKeySecretName is empty" .Values.fernetKeySecretName }}
      key: fernet-key
- name: AIRFLOW__DATABASE__SQL_ALCHEMY_CONN
  valueFrom:
    secretKeyRef:
      name: {{ required "data.metadataSecretName is empty" .Values.data.metadataSecretName }}
      key: connection
- name: AIRFLOW__API__SECRET_KEY
  valueFrom:
    secretKeyRef:
      name: {{ required "apiSecretKeySecretName is empty" .Values.apiSecretKeySecretName }}
      key: api-secret-key
{{- end }}

{{- define "airflow.jwtEnv" -}}
- name: AIRFLOW__API_AUTH__JWT_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ required "jwtSecretName is empty" .Values.jwtSecretName }}
      key: jwt-secret
{{- end }}

{{- define "airflow.gitSync" -}}
- name: git-sync{{ if .once }}-init{{ end }}
  image: {{ .root.Values.images.gitSync.repository }}:{{ .root.Values.images.gitSync.tag }}
  env:
    - name: GITSYNC_REPO
      value: {{ required "dags.gitSync.repo is empty" .root.Values.dags.gitSync.repo | quote }}
    - name: GITSYNC_REF
      value: {{ .root.Values.dags.gitSync.ref | quote }}
    - name: GITSYNC_ROOT
      value: /git
    - name: GITSYNC_LINK
      value: repo
    - name: GITSYNC_PERIOD
      value: {{ .root.Values.dags.gitSync.period | quote }}
    - name: GITSYNC_ONE_TIME
      value: {{ .once | quote }}
    {{- with .root.Values.dags.gitSync }}
    {{- if .sshKeySecret }}
    - name: GITSYNC_SSH_KEY_FILE
      value: /etc/git-secret/ssh
    - name: GITSYNC_SSH_KNOWN_HOSTS
      value: {{ .knownHosts | empty | not | quote }}
    {{- else if .credentialsSecret }}
    {{- range $name := list "GITSYNC_USERNAME" "GITSYNC_PASSWORD" "GIT_SYNC_USERNAME" "GIT_SYNC_PASSWORD" }}
    - name: {{ $name }}
      valueFrom:
        secretKeyRef:
          name: {{ $.root.Values.dags.gitSync.credentialsSecret }}
          key: {{ $name }}
    {{- end }}
    {{- end }}
    {{- end }}
  resources: {{ toJson .root.Values.dags.gitSync.resources }}
  volumeMounts:
    - name: dags
      mountPath: /git
    {{- if .root.Values.dags.gitSync.sshKeySecret }}
    - name: git-sync-ssh-key
      mountPath: /etc/git-secret/ssh
      subPath: gitSshKey
      readOnly: true
    {{- if .root.Values.dags.gitSync.knownHosts }}
    - name: config
      mountPath: /etc/git-secret/known_hosts
      subPath: known_hosts
      readOnly: true
    {{- end }}
    {{- end }}
{{- end }}

{{- define "airflow.volumeMounts" -}}
- name: config
  mountPath: {{ .root.Values.airflowHome }}/airflow.cfg
  subPath: airflow.cfg
  readOnly: true
{{- if and .dags (or .root.Values.dags.persistence.enabled .root.Values.dags.gitSync.enabled) }}
- name: dags
  mountPath: {{ .root.Values.airflowHome }}/dags
  readOnly: {{ .root.Values.dags.gitSync.enabled }}
{{- end }}
{{- if .logs }}
- name: logs
  mountPath: {{ .root.Values.airflowHome }}/logs
{{- end }}
{{- with .values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "airflow.volumes" -}}
- name: config
  configMap:
    name: {{ .root.Release.Name }}-config
{{- if and .dags .root.Values.dags.persistence.enabled }}
- name: dags
  persistentVolumeClaim:
    claimName: {{ required "dags.persistence.existingClaim is empty" .root.Values.dags.persistence.existingClaim }}
{{- else if and .dags .root.Values.dags.gitSync.enabled }}
- name: dags
  emptyDir: {}
{{- with .root.Values.dags.gitSync.sshKeySecret }}
- name: git-sync-ssh-key
  secret:
    secretName: {{ . }}
    defaultMode: 288
{{- end }}
{{- end }}
{{- if .logs }}
- name: logs
  emptyDir: {}
{{- end }}
{{- with .values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Where a pod runs and as whom: root, values, security (pod) */ -}}
{{- define "airflow.placement" -}}
nodeSelector: {{ toJson (.values.nodeSelector | default .root.Values.nodeSelector) }}
tolerations: {{ toJson (.values.tolerations | default .root.Values.tolerations) }}
topologySpreadConstraints: {{ toJson (.values.topologySpreadConstraints | default list) }}
securityContext: {{ toJson .security }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- end }}
