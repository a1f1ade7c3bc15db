//go:build tools

// Package kubernetes names the programs that an API server consists of, so that go.mod and go.sum pin them.
package kubernetes

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
)
