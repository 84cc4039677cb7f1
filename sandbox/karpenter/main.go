// Karpenter's controller beside a cluster instead of in it: upstream's code, which ends with its owner and listens nowhere.
package main

import (
	ec2nodeclass "github.com/aws/karpenter-provider-aws/pkg/apis/v1"
	aws "github.com/aws/karpenter-provider-aws/pkg/cloudprovider"
	hooks "github.com/aws/karpenter-provider-aws/pkg/cloudprovider/registrationhooks"
	"github.com/aws/karpenter-provider-aws/pkg/controllers"
	"github.com/aws/karpenter-provider-aws/pkg/operator"

	"k8s.io/client-go/rest"
	controllerruntime "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/metrics"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/overlay"
	core "sigs.k8s.io/karpenter/pkg/controllers"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	coreoperator "sigs.k8s.io/karpenter/pkg/operator"
	"sigs.k8s.io/karpenter/pkg/operator/options"
)

func main() {
	exitWithStdin()
	controllerruntime.NewManager = withoutPorts

	ctx, o := operator.NewOperator(coreoperator.NewOperator())
	ec2nodeclass.CapacityReservationsEnabled = options.FromContext(ctx).FeatureGates.ReservedCapacity
	kube := o.GetClient()

	measured := metrics.Decorate(aws.New(
		o.InstanceTypesProvider, o.InstanceProvider, o.EventRecorder, kube, o.AMIProvider, o.SecurityGroupProvider,
		o.CapacityReservationProvider, o.PlacementGroupProvider, o.InstanceTypeStore, o.CABundle,
	))
	overlaid := overlay.Decorate(measured, kube, o.InstanceTypeStore)

	ofKubernetes := core.NewControllers(
		ctx, o.Manager, o.Clock, kube, o.EventRecorder, overlaid, measured, state.NewCluster(o.Clock, kube, overlaid), o.InstanceTypeStore,
		core.WithRegistrationHook(hooks.NewPlacementGroupRegistrationHook(o.InstanceProvider)),
	)
	ofAWS := controllers.NewControllers(
		ctx, o.Manager, o.Config, o.Clock, o.EC2API, kube, o.EventRecorder,
		o.UnavailableOfferingsCache, o.SSMCache, o.ValidationCache, o.RecreationCache, overlaid,
		o.SubnetProvider, o.SecurityGroupProvider, o.InstanceProfileProvider, o.InstanceProvider, o.PricingProvider,
		o.AMIProvider, o.LaunchTemplateProvider, o.VersionProvider, o.InstanceTypesProvider, o.CapacityReservationProvider,
		o.PlacementGroupProvider, o.AMIResolver, o.ZonalShiftProvider, o.InstanceStatusProvider, o.CABundle,
	)
	o.WithControllers(ctx, ofKubernetes...).WithControllers(ctx, ofAWS...).Start(ctx)
}

// withoutPorts makes a manager that serves neither metrics nor probes: upstream's would listen on every address.
func withoutPorts(config *rest.Config, options manager.Options) (manager.Manager, error) {
	options.Metrics.BindAddress = "0"
	options.HealthProbeBindAddress = "0"
	return manager.New(config, options)
}
