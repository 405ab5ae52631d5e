package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	coreinformers "k8s.io/client-go/informers/core/v1"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

const nodeName = "node"

// The scheduler and the kubelet of the only node, without containers: it says what they would say of each pod.
type kubelet struct {
	client    *kubernetes.Clientset
	pods      corelisters.PodLister
	queue     workqueue.TypedRateLimitingInterface[cache.ObjectName]
	addresses atomic.Uint32
}

func newKubelet(ctx context.Context, pods coreinformers.PodInformer, client *kubernetes.Clientset) (*kubelet, error) {
	node := &core.Node{
		ObjectMeta: meta.ObjectMeta{Name: nodeName},
		Status:     core.NodeStatus{Conditions: []core.NodeCondition{{Type: core.NodeReady, Status: core.ConditionTrue}}},
	}
	if _, err := client.CoreV1().Nodes().Create(ctx, node, meta.CreateOptions{}); err != nil {
		return nil, err
	}
	limiter := workqueue.DefaultTypedControllerRateLimiter[cache.ObjectName]()
	k := &kubelet{client: client, pods: pods.Lister(), queue: workqueue.NewTypedRateLimitingQueue(limiter)}
	seen := func(object any) {
		if pod, ok := object.(*core.Pod); ok {
			k.queue.Add(cache.MetaObjectToName(pod))
		}
	}
	_, err := pods.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    seen,
		UpdateFunc: func(_, object any) { seen(object) },
	})
	return k, err
}

func (k *kubelet) run(ctx context.Context, workers int) {
	for range workers {
		go func() {
			for {
				name, closed := k.queue.Get()
				if closed {
					return
				}
				// What fails, because another was faster or the API server is away, is looked at again.
				if err := k.look(ctx, name); err != nil {
					k.queue.AddRateLimited(name)
				} else {
					k.queue.Forget(name)
				}
				k.queue.Done(name)
			}
		}()
	}
}

// Takes the next step with a pod; what it changes brings it here again.
func (k *kubelet) look(ctx context.Context, name cache.ObjectName) error {
	known, err := k.pods.Pods(name.Namespace).Get(name.Name)
	if errors.IsNotFound(err) {
		return nil
	} else if err != nil {
		return err
	}
	pod, pods := known.DeepCopy(), k.client.CoreV1().Pods(name.Namespace)
	switch {
	case pod.DeletionTimestamp != nil:
		// Its containers have ended: there are none.
		err := pods.Delete(ctx, pod.Name, *meta.NewDeleteOptions(0))
		if errors.IsNotFound(err) {
			return nil
		}
		return err
	case pod.Spec.NodeName == "":
		target := core.ObjectReference{Kind: "Node", Name: nodeName}
		binding := &core.Binding{ObjectMeta: meta.ObjectMeta{Name: pod.Name, UID: pod.UID}, Target: target}
		return pods.Bind(ctx, binding, meta.CreateOptions{})
	case pod.Status.StartTime != nil:
		return nil
	}
	number := k.addresses.Add(1)
	pod.Status.PodIP = fmt.Sprintf("10.1.%d.%d", number/250, number%250+1)
	pod.Status.PodIPs = []core.PodIP{{IP: pod.Status.PodIP}}
	describe(pod)
	_, err = pods.UpdateStatus(ctx, pod, meta.UpdateOptions{})
	return err
}

// A pod runs and is ready at once; one that ends by itself has succeeded; an image named "bad" never comes.
func describe(pod *core.Pod) {
	now := meta.Now()
	pod.Status.StartTime = &now
	ready, phase := core.ConditionTrue, core.PodRunning
	state := core.ContainerState{Running: &core.ContainerStateRunning{StartedAt: now}}
	switch {
	case hasBadImage(pod):
		ready, phase = core.ConditionFalse, core.PodPending
		state = core.ContainerState{Waiting: &core.ContainerStateWaiting{Reason: "ImagePullBackOff"}}
	case pod.Spec.RestartPolicy != core.RestartPolicyAlways:
		ready, phase = core.ConditionFalse, core.PodSucceeded
		state = core.ContainerState{Terminated: &core.ContainerStateTerminated{Reason: "Completed", FinishedAt: now}}
	}
	pod.Status.Phase = phase
	pod.Status.ContainerStatuses = nil
	for _, container := range pod.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, core.ContainerStatus{
			Name: container.Name, Image: container.Image, State: state, Ready: ready == core.ConditionTrue,
		})
	}
	pod.Status.Conditions = nil
	for kind, status := range map[core.PodConditionType]core.ConditionStatus{
		core.PodScheduled: core.ConditionTrue, core.PodInitialized: core.ConditionTrue,
		core.ContainersReady: ready, core.PodReady: ready,
	} {
		condition := core.PodCondition{Type: kind, Status: status, LastTransitionTime: now}
		pod.Status.Conditions = append(pod.Status.Conditions, condition)
	}
}

func hasBadImage(pod *core.Pod) bool {
	for _, container := range pod.Spec.Containers {
		if strings.Contains(container.Image, "bad") {
			return true
		}
	}
	return false
}
