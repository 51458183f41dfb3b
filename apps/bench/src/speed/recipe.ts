/** How everything that is timed trains: SGD as for ResNets on CIFAR-10. */
export const recipe = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4 } as const;
