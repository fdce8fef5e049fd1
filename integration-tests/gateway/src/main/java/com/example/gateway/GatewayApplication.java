package com.example.gateway;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class GatewayApplication {

	@Bean
	ApplicationRunner tellBeans(ApplicationContext context) {
		return (arguments) -> {
			for (String name : context.getBeanDefinitionNames()) {
				System.out.println("bean: " + name + " = " + context.getType(name));
			}
		};
	}

	public static void main(String[] arguments) {
		SpringApplication.run(GatewayApplication.class, arguments);
		System.out.println("ready");
	}

}
