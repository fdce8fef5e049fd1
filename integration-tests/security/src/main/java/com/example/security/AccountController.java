package com.example.security;

import java.security.Principal;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

@RestController
class AccountController {

	@GetMapping("/account")
	Mono<String> read(Principal principal) {
		return Mono.just(principal.getName());
	}

	@PostMapping("/account")
	Mono<Void> change() {
		return Mono.empty();
	}

	@GetMapping("/fail")
	Mono<String> fail() {
		return Mono.error(new IllegalStateException("deliberate"));
	}

}
