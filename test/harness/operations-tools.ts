import { goModuleTool, goTool, pinnedGoTools } from './built-tools.js';

/** `helm`, which renders and checks the chart. */
export function helmTool(): Promise<string> {
  return goTool('helm', 'helm.sh/helm/v3/cmd/helm', 'v3.22.0');
}

/** The folder with `kube-apiserver` and the `etcd` it keeps things in. */
export function kubernetesPrograms(): Promise<string> {
  const programs = {
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    etcd: 'go.etcd.io/etcd/server/v3',
  };
  // What it is comes from how it is built; charts ask for it.
  const version = 'k8s.io/component-base/version';
  const settings = [
    `-X=${version}.gitVersion=v1.36.3`,
    `-X=${version}.gitMajor=1`,
    `-X=${version}.gitMinor=36`,
  ];
  return pinnedGoTools('kubernetes', 'test/harness/kubernetes', programs, settings);
}

/** `kubeconform`, which compares manifests with the schemas of Kubernetes. */
export function kubeconformTool(): Promise<string> {
  return goTool('kubeconform', 'github.com/yannh/kubeconform/cmd/kubeconform', 'v0.8.0');
}

/** `kube-score`, which asks what policies ask. */
export function kubeScoreTool(): Promise<string> {
  return goTool('kube-score', 'github.com/zegl/kube-score/cmd/kube-score', 'v1.20.0');
}

/** `docker compose`, which can read its files without a container engine. */
export function composeTool(): Promise<string> {
  return goModuleTool('docker-compose', {
    module: 'github.com/docker/compose/v2',
    version: 'v2.40.3',
    target: './cmd',
  });
}

const prometheus = { module: 'github.com/prometheus/prometheus', version: 'v0.307.3' };

/** `promtool`, which checks rules and plays their tests. */
export function promtoolTool(): Promise<string> {
  return goModuleTool('promtool', { ...prometheus, target: './cmd/promtool' });
}

/** `amtool`, which checks how Alertmanager sends alerts on. */
export function amtoolTool(): Promise<string> {
  return goTool('amtool', 'github.com/prometheus/alertmanager/cmd/amtool', 'v0.28.1');
}

/** Prometheus itself, without its page. */
export function prometheusServer(): Promise<string> {
  return goModuleTool('prometheus', { ...prometheus, target: './cmd/prometheus' });
}

/** Jaeger, which is a collector of OpenTelemetry as well. */
export function jaegerServer(): Promise<string> {
  return goModuleTool('jaeger', {
    module: 'github.com/jaegertracing/jaeger',
    version: 'v1.76.0',
    target: './cmd/jaeger',
  });
}
