"""EKS, in full: clusters, node groups, add-ons, access entries, pod identities, updates, versions, and what EKS makes by itself."""
