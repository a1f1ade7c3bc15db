import { goModuleTool, goTool } from './built-tools.js';

/** `helm`, which renders and checks the chart. */
export function helmTool(): Promise<string> {
  return goTool('helm', 'helm.sh/helm/v3/cmd/helm', 'v3.22.0');
}

/** `kubeconform`, which compares manifests with the schemas of Kubernetes. */
export function kubeconformTool(): Promise<string> {
  return goTool('kubeconform', 'github.com/yannh/kubeconform/cmd/kubeconform', 'v0.8.0');
}

/** `kube-score`, which asks what policies ask. */
export function kubeScoreTool(): Promise<string> {
  return goTool('kube-score', 'github.com/zegl/kube-score/cmd/kube-score', 'v1.20.0');
}

const prometheus = { module: 'github.com/prometheus/prometheus', version: 'v0.307.3' };

/** `promtool`, which checks rules and plays their tests. */
export function promtoolTool(): Promise<string> {
  return goModuleTool('promtool', { ...prometheus, target: './cmd/promtool' });
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
