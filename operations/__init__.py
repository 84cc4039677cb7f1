"""Operations: the desired state of one noun each, idempotent. One module per AWS service or tool, mirroring `facts`."""
