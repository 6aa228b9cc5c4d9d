// The trial of what nobody has mutated. Its main is in trial.cpp.
