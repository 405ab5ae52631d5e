package main

import (
	"context"

	"k8s.io/client-go/informers"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/endpointslice"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/replicaset"
)

// What kube-controller-manager runs, of its controllers those that a rollout needs. None collects garbage: what
// belongs to a deleted object stays.
func startControllers(ctx context.Context, folder string) error {
	const workers, endpointsPerSlice = 5, 100
	client, err := clientOf(folder)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods, sets := factory.Core().V1().Pods(), factory.Apps().V1().ReplicaSets()

	replicaSets := replicaset.NewReplicaSetController(ctx, sets, pods, client, replicaset.BurstReplicas)
	deployments, err := deployment.NewDeploymentController(ctx, factory.Apps().V1().Deployments(), sets, pods, client)
	if err != nil {
		return err
	}
	jobs, err := job.NewController(ctx, pods, factory.Batch().V1().Jobs(), client)
	if err != nil {
		return err
	}
	slices := endpointslice.NewController(ctx, pods, factory.Core().V1().Services(), factory.Core().V1().Nodes(),
		factory.Discovery().V1().EndpointSlices(), endpointsPerSlice, client, 0)
	kubelet, err := newKubelet(ctx, pods, client)
	if err != nil {
		return err
	}

	factory.Start(ctx.Done())
	go replicaSets.Run(ctx, workers)
	go deployments.Run(ctx, workers)
	go jobs.Run(ctx, workers)
	go slices.Run(ctx, workers)
	go kubelet.run(ctx, workers)
	return nil
}
