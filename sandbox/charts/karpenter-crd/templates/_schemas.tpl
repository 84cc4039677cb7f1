{{- /* The fields that upstream's definitions fill in, and only those: what Karpenter reads must be there. */ -}}
{{- define "open" }}
type: object
x-kubernetes-preserve-unknown-fields: true
{{- end }}

{{- define "schema.NodePool" }}
{{- include "open" . }}
properties:
  spec:
    {{- include "open" . | nindent 4 }}
    properties:
      disruption:
        {{- include "open" . | nindent 8 }}
        default: {consolidateAfter: 0s}
        properties:
          budgets:
            type: array
            default: [{nodes: 10%}]
            items:
              {{- include "open" . | nindent 14 }}
          consolidationPolicy: {type: string, default: WhenEmptyOrUnderutilized}
      template:
        {{- include "open" . | nindent 8 }}
        properties:
          spec:
            {{- include "open" . | nindent 12 }}
            properties:
              expireAfter: {type: string, default: 720h}
  status:
    {{- include "open" . | nindent 4 }}
    properties:
      nodes: {type: integer, format: int64, default: 0}
{{- end }}

{{- define "schema.NodeClaim" }}
{{- include "open" . }}
properties:
  spec:
    {{- include "open" . | nindent 4 }}
    properties:
      expireAfter: {type: string, default: 720h}
{{- end }}

{{- define "schema.EC2NodeClass" }}
{{- include "open" . }}
properties:
  spec:
    {{- include "open" . | nindent 4 }}
    properties:
      metadataOptions:
        {{- include "open" . | nindent 8 }}
        default: {httpEndpoint: enabled, httpProtocolIPv6: disabled, httpPutResponseHopLimit: 1, httpTokens: required}
        properties:
          httpEndpoint: {type: string, default: enabled}
          httpProtocolIPv6: {type: string, default: disabled}
          httpPutResponseHopLimit: {type: integer, format: int64, default: 1}
          httpTokens: {type: string, default: required}
{{- end }}

{{- define "schema.NodeOverlay" }}{{ include "open" . }}{{ end }}
{{- define "schema.CapacityBuffer" }}{{ include "open" . }}{{ end }}

{{- define "columns.NodePool" }}
- {name: NodeClass, type: string, jsonPath: .spec.template.spec.nodeClassRef.name}
- {name: Nodes, type: string, jsonPath: .status.nodes}
{{- end }}
{{- define "columns.NodeClaim" }}
- {name: Type, type: string, jsonPath: .metadata.labels.node\.kubernetes\.io/instance-type}
- {name: Capacity, type: string, jsonPath: .metadata.labels.karpenter\.sh/capacity-type}
- {name: Zone, type: string, jsonPath: .metadata.labels.topology\.kubernetes\.io/zone}
- {name: Node, type: string, jsonPath: .status.nodeName}
{{- end }}
