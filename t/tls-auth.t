#!/usr/bin/perl
# Transcript tier, no root: the control connection under TLS. AUTH, PBSZ,
# PROT and CCC, what is forced and refused, certificates, versions, ALPN, SNI.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::Test::Listener;
use Inftpd::TLS;
use Test::More;

my $dir = File::Temp->newdir('inftpd-tls-XXXXXX', TMPDIR => 1);
my $pair = Inftpd::TLS::pair($dir, 'server');
my $rsa = Inftpd::TLS::pair($dir, 'rsa', kind => 'rsa');
my $ca = Inftpd::TLS::pair($dir, 'ca');
my $known = Inftpd::TLS::pair($dir, 'known', by => $ca);

sub server {
	my (%conf) = @_;

	return Inftpd::Test->new(
	    conf => { Inftpd::TLS::conf($pair), %conf });
}

# Does a client get through AUTH TLS to an answer?
sub gets_through {
	my ($server, %tls) = @_;
	my $c = eval { Inftpd::TLS->connect($server, %tls) };

	return 0 unless $c;
	my ($code) = eval { $c->cmd('NOOP') };
	$c->hang_up;
	return ($code // '') ne '' ? 1 : 0;
}

my $server = server();

subtest 'AUTH' => sub {
	for my $type (qw(TLS TLS-C SSL TLS-P tls)) {
		my $c = Inftpd::TLS->over($server->connect);
		$c->expect("AUTH $type", 234, 'Proceed with negotiation.');
		ok($c->shake_hands, "the handshake of AUTH $type");
		$c->expect('NOOP', 200, undef, 'an answer under TLS');
		$c->expect('AUTH TLS', 503, 'The connection is under TLS already.');
		$c->quit;
	}
	my $c = server(force_local_logins_ssl => 'NO')->connect;
	$c->expect('AUTH KERBEROS_V4', 504, 'Unknown AUTH type; use AUTH TLS.');
	$c->expect('AUTH', 501);
	my @lines = $c->expect('FEAT', 211);
	is(scalar(grep { /^ (AUTH TLS|PBSZ|PROT)$/ } @lines), 3, 'FEAT has all');
	$c->login('alice');
	$c->expect('AUTH TLS', 503, 'AUTH comes before the login.');
	$c->quit;
	$c = Inftpd::TLS->over(
	    server(force_local_logins_ssl => 'NO')->connect);
	$c->expect('USER alice', 331);
	$c->expect('AUTH TLS', 234, undef, 'between USER and PASS');
	$c->shake_hands;
	$c->expect('PASS secret', 503, undef, 'forgets the user');
	$c->quit;
};

subtest 'without ssl_enable' => sub {
	my $plain = Inftpd::Test->new;
	my $c = $plain->connect;
	$c->expect($_, 502) for 'AUTH TLS', 'PBSZ 0', 'PROT P', 'CCC';
	my @lines = ($c->expect('FEAT', 211), $c->expect('HELP', 214));
	unlike("@lines", qr/AUTH|PBSZ|PROT|CCC/, 'neither FEAT nor HELP tells');
	$c->login('alice');
	$c->quit;
	$plain->done;
};

subtest 'commands behind AUTH in one segment' => sub {
	for my $behind ("USER alice\r\n", "NOOP\r\n", 'USER', "\r\n", "\xff",
	    "\xff\xfd") {
		my $c = $server->connect;
		$c->raw("AUTH TLS\r\n$behind");
		$c->expect_reply(421, 'Nothing may be sent behind AUTH.');
		$c->expect_end;
		like($c->log, qr/commands behind AUTH in the clear/, 'is logged');
		$c->check;
	}
	# What comes later, but before the handshake, is no handshake.
	my $c = $server->connect;
	$c->expect('AUTH TLS', 234);
	$c->raw("USER alice\r\nPASS secret\r\nDELE file\r\n");
	1 while (Inftpd::Test::Client::read_some(
	    $c->socket, \$c->{buffer}) // 0) > 0;
	unlike($c->{buffer}, qr/[0-9]{3} /, 'nothing of it is run');
	like($c->log, qr/handshake failed/, 'the handshake fails');
	$c->check;
};

subtest 'PBSZ, PROT, CCC' => sub {
	my $c = $server->connect;
	$c->expect('PBSZ 0', 503, 'AUTH TLS comes first.');
	$c->expect('PROT P', 503, 'AUTH TLS comes first.');
	$c->expect('CCC', 533);
	$c->quit;
	$c = Inftpd::TLS->connect($server);
	$c->expect('PROT P', 503, 'PBSZ comes first.');
	$c->expect('PBSZ', 501);
	$c->expect('PBSZ x', 501);
	$c->expect('PBSZ 4294967296', 501);
	$c->expect('PBSZ 4294967295', 200, 'PBSZ=0');
	$c->expect('PBSZ 0', 200, 'PBSZ set to 0.');
	$c->expect("PROT $_", 536) for qw(S E s e);
	$c->expect("PROT $_", 504) for qw(X PP 1);
	$c->expect("PROT $_", 200) for qw(C P c p);
	$c->expect('CCC', 534, 'The control connection stays encrypted.');
	$c->expect('NOOP', 200, undef, 'which it does');
	$c->quit;
};

subtest 'no key, no certificate' => sub {
	my $empty = "$dir/empty";
	Inftpd::Test::write_file($empty, '');
	Inftpd::Test::write_file("$dir/junk", "junk\n" x 10);
	my %broken = (
		'no certificate' => { rsa_cert_file => "$dir/none.pem" },
		'no key' => { rsa_private_key_file => "$dir/none.key" },
		'not to be read' => { rsa_private_key_file => "$dir/secret.key" },
		'another key' => { rsa_private_key_file => $rsa->{key} },
		'an empty one' => { rsa_cert_file => $empty },
		'a directory' => { rsa_cert_file => "$dir" },
		'junk' => { rsa_private_key_file => "$dir/junk" },
	);
	File::Copy::copy($pair->{key}, "$dir/secret.key");
	chmod 0, "$dir/secret.key";
	for my $name (sort keys %broken) {
		my ($file) = values %{ $broken{$name} };
		my $broken = server(force_local_logins_ssl => 'NO',
		    %{ $broken{$name} });
		my $c = $broken->connect;
		$c->expect('AUTH TLS', 431, undef, "$name: 431");
		$c->expect('AUTH TLS', 431, undef, 'and again');
		$c->login('alice');
		$c->expect('NOOP', 200, undef, 'the rest is there');
		$c->quit;
		# Which file cannot be opened; which pair does not do.
		my $told = $name =~ /^(no|a dir)/ ? $file
		    : 'rsa_cert_file, rsa_private_key_file';
		my @told = $c->log =~ /\Q$told\E/g;
		is(scalar @told, 1, "$name: the log says which, once");
		unlike($c->log, qr/is not set/, 'and no other reason')
		    if $name !~ /^(no c|a dir)/;
		$broken->done;
	}
};

subtest 'what is forced and refused' => sub {
	my $forced = server(force_local_logins_ssl => 'YES',
	    force_anon_logins_ssl => 'YES', force_local_data_ssl => 'YES',
	    force_anon_data_ssl => 'YES', allow_anon_ssl => 'YES');
	my $c = $forced->connect;
	$c->expect('USER alice', 530, 'Non-anonymous sessions must use ' .
	    'encryption: AUTH TLS.');
	$c->expect('PASS secret', 503);
	$c->expect('USER anonymous', 530,
	    'Anonymous sessions must use encryption: AUTH TLS.');
	$c->quit;
	like($c->log, qr/user "alice": without .*\(force_local_logins_ssl\)/,
	    'the log names the user and the directive');
	like($c->log, qr/user "anonymous": .*\(force_anon_logins_ssl\)/,
	    'that of anonymous ones, too');
	for my $user (qw(alice anonymous)) {
		$c = Inftpd::TLS->connect($forced);
		Inftpd::Test::Client::login($c, $user);
		$c->expect('PASV', 227);
		$c->expect($_, 522, 'Data connections must be encrypted: PROT P.')
		    for 'LIST', 'RETR file', 'MLSD',
		    $user eq 'alice' ? 'STOR new' : 'NLST';
		$c->expect('PBSZ 0', 200);
		$c->expect('PROT C', 534, 'Data connections must be encrypted.');
		$c->expect('PROT P', 200);
		is(($c->list('NLST'))[1], 226, "PROT P: $user may list");
		$c->quit;
	}
	$forced->done;
	$c = Inftpd::TLS->connect(server(force_local_logins_ssl => 'NO',
	    force_local_data_ssl => 'NO'));
	$c->expect('USER anonymous', 530,
	    'Anonymous sessions may not use encryption.');
	$c->expect('USER ftp', 530);
	Inftpd::Test::Client::login($c, 'alice');
	$c->quit;
	$c = Inftpd::TLS->connect(server(allow_anon_ssl => 'YES'));
	Inftpd::Test::Client::login($c, 'anonymous');
	$c->quit;
};

subtest 'implicit_ssl' => sub {
	my $implicit = server(implicit_ssl => 'YES', ftpd_banner => 'Hello.');
	for my $version (qw(TLSv1_2 TLSv1_3)) {
		my $c = Inftpd::TLS->over($implicit->start, version => $version);
		ok($c->shake_hands, "$version from the first byte");
		$c->expect_reply(220, 'Hello.', 'the greeting comes under it');
		$c->expect('AUTH TLS', 503);
		$c->login('alice');
		$c->protect;
		is(($c->stor('new', 'text'))[0], 226, 'an upload');
		is(($c->retr('new'))[0], 'text', 'a download');
		$c->quit;
	}
	my $c = $implicit->start;
	$c->raw("USER alice\r\n");
	1 while (Inftpd::Test::Client::read_some(
	    $c->socket, \$c->{buffer}) // 0) > 0;
	unlike($c->{buffer}, qr/[0-9]{3} /, 'a plain client is told nothing');
	$implicit->done;
};

subtest 'versions' => sub {
	my %both = (TLSv1_2 => 1, TLSv1_3 => 1);
	my @cases = (
		[{}, 1, 1], [{ ssl_min_version => 'TLSv1.3' }, 0, 1],
		[{ ssl_max_version => 'TLSv1.2' }, 1, 0],
		[{ ssl_tlsv1_2 => 'NO' }, 0, 1], [{ ssl_tlsv1_3 => 'NO' }, 1, 0],
		[{ ssl_tlsv1 => 'YES', ssl_tlsv1_1 => 'YES' }, 1, 1],
	);
	for my $case (@cases) {
		my ($conf, @expected) = @$case;
		my $server = server(%$conf);
		for my $version (qw(TLSv1_2 TLSv1_3)) {
			is(gets_through($server, version => $version),
			    shift @expected, join ' ', %$conf, "- $version");
		}
		ok(!gets_through($server, version => 'TLSv1_1',
		    SSL_cipher_list => 'ALL:@SECLEVEL=0'), 'never 1.1');
	}
};

subtest 'ciphers' => sub {
	my $c = Inftpd::TLS->connect(server(
	    ssl_ciphers => 'ECDHE-ECDSA-AES256-GCM-SHA384'),
	    version => 'TLSv1_2');
	is($c->socket->get_cipher, 'ECDHE-ECDSA-AES256-GCM-SHA384', 'TLS 1.2');
	$c->quit;
	$c = Inftpd::TLS->connect(server(
	    ssl_ciphers => 'TLS_AES_128_GCM_SHA256'), version => 'TLSv1_3');
	is($c->socket->get_cipher, 'TLS_AES_128_GCM_SHA256', 'TLS 1.3');
	$c->quit;
	my $mixed = server(ssl_ciphers => 'ECDHE-ECDSA-AES256-GCM-SHA384:' .
	    'TLS_AES_128_GCM_SHA256,ECDHE-ECDSA-AES128-GCM-SHA256');
	for my $case (['TLSv1_2', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
	    ['TLSv1_3', 'TLS_AES_128_GCM_SHA256']) {
		$c = Inftpd::TLS->connect($mixed, version => $case->[0]);
		is($c->socket->get_cipher, $case->[1], "both in one list, $case->[0]");
		$c->quit;
	}
	$c = server(ssl_ciphers => 'DEFAULT:TLS_NONSENSE')->connect;
	$c->expect('AUTH TLS', 431, undef, 'one that is misspelt');
	$c->quit;
	$c = server(ssl_ciphers => 'NONSENSE')->connect;
	$c->expect('AUTH TLS', 431);
	like($c->log, qr/ssl_ciphers/, 'the log names the directive');
	$c->quit;
	$c = server(ecdh_param_file => 'NONSENSE')->connect;
	$c->expect('AUTH TLS', 431);
	like($c->log, qr/ecdh_param_file/, 'and the other');
	$c->quit;
};

subtest 'RSA and ECDSA side by side' => sub {
	my $both = server(rsa_cert_file => $rsa->{cert},
	    rsa_private_key_file => $rsa->{key},
	    ecdsa_cert_file => $pair->{cert},
	    ecdsa_private_key_file => $pair->{key});
	for my $case (['aRSA', '/CN=rsa'], ['aECDSA', '/CN=server']) {
		my $c = Inftpd::TLS->connect($both, version => 'TLSv1_2',
		    SSL_cipher_list => $case->[0]);
		is($c->socket->peer_certificate('subject'), $case->[1],
		    "$case->[0] gets its certificate");
		$c->quit;
	}
	Inftpd::Test::write_file("$dir/all.pem", join '',
	    map { slurp($_) } $rsa->{cert}, $rsa->{key});
	ok(gets_through(server(rsa_cert_file => "$dir/all.pem",
	    rsa_private_key_file => '')), 'both in one file');
};

subtest 'one pair of two' => sub {
	my %good = (rsa_cert_file => $rsa->{cert},
	    rsa_private_key_file => $rsa->{key},
	    ecdsa_cert_file => $pair->{cert},
	    ecdsa_private_key_file => $pair->{key});
	my @cases = (
		[rsa_private_key_file => $pair->{key}, '/CN=server',
		    qr/tls: rsa_cert_file, rsa_private_key_file: .*other pair/],
		[ecdsa_private_key_file => "$dir/none", '/CN=rsa',
		    qr/tls: ecdsa_cert_file, .*other pair/],
		[ecdsa_cert_file => "$dir/none", '/CN=rsa',
		    qr/certificate: \Q$dir\E\/none: No such file/],
	);
	for my $case (@cases) {
		my ($name, $value, $left, $logged) = @$case;
		my $c = Inftpd::TLS->connect(server(%good, $name => $value),
		    version => 'TLSv1_3');
		is($c->socket->peer_certificate('subject'), $left,
		    "$name fails: the other serves");
		like($c->log, $logged, 'and the log tells');
		$c->quit;
	}
};

sub slurp {
	open my $file, '<', $_[0] or die "$_[0]: $!";
	local $/;
	return <$file>;
}

subtest 'a chain' => sub {
	Inftpd::Test::write_file("$dir/chain.pem",
	    slurp($known->{cert}) . slurp($ca->{cert}));
	my $chained = server(rsa_cert_file => "$dir/chain.pem",
	    rsa_private_key_file => $known->{key});
	my $c = Inftpd::TLS->connect($chained, SSL_verify_mode => 1,
	    SSL_ca_file => $ca->{cert}, SSL_verifycn_scheme => 'none');
	is(scalar($c->socket->peer_certificates), 2, 'is sent whole');
	$c->quit;
};

subtest 'ALPN' => sub {
	for my $version (qw(TLSv1_2 TLSv1_3)) {
		my $c = Inftpd::TLS->connect($server, version => $version,
		    SSL_alpn_protocols => ['x', 'ftp']);
		is($c->socket->alpn_selected, 'ftp', "$version: ftp is chosen");
		$c->quit;
		for my $offer (['h2', 'http/1.1'], ['ft'], ['ftpx']) {
			$c = Inftpd::TLS->over($server->connect,
			    version => $version, SSL_alpn_protocols => $offer);
			$c->expect('AUTH TLS', 234);
			ok(!$c->shake_hands, "@$offer: no handshake");
			like($c->{error}, qr/no application protocol/, 'but an alert');
			$c->hang_up;
			$c->check;
		}
	}
};

subtest 'ssl_sni_hostname' => sub {
	my $strict = server(ssl_sni_hostname => 'ftp.example.org');
	for my $version (qw(TLSv1_2 TLSv1_3)) {
		for my $case (['ftp.example.org', 1], ['FTP.example.ORG', 1],
		    ['other.example.org', 0], ['', 0]) {
			my ($name, $expected) = @$case;
			is(gets_through($strict, version => $version,
			    SSL_hostname => $name), $expected,
			    "$version, name \"$name\"");
		}
	}
};

subtest 'client certificates' => sub {
	my %client = (none => {}, stranger => { cert => $rsa },
	    known => { cert => $known });
	my @cases = (
		[{}, 1, 1, 1],
		[{ require_cert => 'YES' }, 0, 1, 1],
		[{ validate_cert => 'YES' }, 1, 0, 1],
		[{ require_cert => 'YES', validate_cert => 'YES' }, 0, 0, 1],
	);
	for my $case (@cases) {
		my ($conf, @expected) = @$case;
		my $asking = server(ca_certs_file => $ca->{cert}, %$conf);
		for my $version (qw(TLSv1_2 TLSv1_3)) {
			my @left = @expected;
			for my $who (qw(none stranger known)) {
				is(gets_through($asking, version => $version,
				    %{ $client{$who} }), shift @left,
				    join ' ', %$conf, "- $version, $who");
			}
		}
	}
	my $asking = server(ca_certs_file => $ca->{cert},
	    require_cert => 'YES', validate_cert => 'YES');
	my $c = Inftpd::TLS->login($asking, 'alice', cert => $known);
	is(($c->stor('with', 'text'))[0], 226, 'data connections, too');
	$c->quit;
	ok(!gets_through(server(ca_certs_file => "$dir/none.pem",
	    require_cert => 'YES', validate_cert => 'YES'), cert => $known),
	    'without a readable authority nobody is believed');
};

subtest 'a renewed certificate' => sub {
	my $renewed = Inftpd::TLS::pair($dir, 'renewed');
	my $listened = server(rsa_cert_file => "$dir/now.pem",
	    rsa_private_key_file => "$dir/now.key");
	my $put = sub {
		File::Copy::copy($_[0]{cert}, "$dir/now.pem.new");
		File::Copy::copy($_[0]{key}, "$dir/now.key.new");
		rename "$dir/now.$_.new", "$dir/now.$_" for qw(pem key);
	};
	$put->($pair);
	my $listener = Inftpd::Test::Listener->start($listened);
	for my $how ($listened, $listener) {
		$put->($pair);
		my $old = Inftpd::TLS->connect($how);
		$put->($renewed);
		my $new = Inftpd::TLS->connect($how);
		is($old->socket->peer_certificate('subject'), '/CN=server',
		    ref($how) . ': the one before');
		is($new->socket->peer_certificate('subject'), '/CN=renewed',
		    'the one after, with nothing restarted');
		$_->quit for $old, $new;
	}
	$listener->stop;
};

subtest 'handshakes that come to nothing' => sub {
	my $quick = server(login_timeout => 1);
	my $implicit = server(login_timeout => 1, implicit_ssl => 'YES');
	my $hello = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
	my @waiting;
	for my $case ([$quick, ''], [$quick, $hello], [$implicit, ''],
	    [$implicit, $hello]) {
		my ($server, $bytes) = @$case;
		my $c = $server->start;
		$c->expect_reply(220) if $server == $quick;
		$c->expect('AUTH TLS', 234) if $server == $quick;
		$c->raw($bytes);
		push @waiting, $c;
	}
	for my $c (@waiting) {
		is($c->exit_status(5 * $Inftpd::Test::SLOW), 0,
		    'a silent client meets login_timeout');
		$c->check;
	}
	for my $garbage ("\0" x 500, "GET / HTTP/1.1\r\n\r\n", "\x80" x 100,
	    "\x16\x03\x01\xff\xff" . 'x' x 20000) {
		my $c = $server->connect;
		$c->expect('AUTH TLS', 234);
		$c->raw($garbage);
		is($c->exit_status, 0, 'garbage ends the session');
		like($c->log, qr/handshake failed/, 'and is logged');
		$c->check;
	}
	my $c = $server->connect;
	$c->expect('AUTH TLS', 234);
	$c->raw($hello);
	$c->hang_up;
	$c->check;
};

subtest 'records' => sub {
	my $c = Inftpd::TLS->connect($server);
	# More than a record, and than the line buffer holds.
	my $many = 4000;
	$c->raw_while_reading("NOOP\r\n" x $many);
	my $answers = 0;
	$answers += ($c->reply)[0] eq 200 for 1 .. $many;
	is($answers, $many, 'all of a long row of commands is answered');
	$c->raw($_) for split //, "NOOP\r\n";
	$c->expect_reply(200, undef, 'a record for each byte');
	$c->raw('NO');
	$c->raw("OP\r\nNOOP\r\nNO");
	$c->expect_reply(200) for 1, 2;
	$c->raw("OP\r\n");
	$c->expect_reply(200);
	$c->quit;

	# Half a record: no end of it comes, and no time of ours is taken.
	$c = Inftpd::TLS->login($server, 'alice');
	my $raw = $c->socket;
	my $record = "\x17\x03\x03\x00\x40" . 'x' x 20;
	POSIX::write(fileno $raw, $record, length $record);
	Time::HiRes::sleep(0.2);
	my $before = cpu_of($c->pid);
	Time::HiRes::sleep(0.5);
	cmp_ok(cpu_of($c->pid) - $before, '<', 20,
	    'waiting for the rest of a record costs nothing');
	$c->hang_up;
	$c->check;
};

# Clock ticks (a hundredth of a second) that a process has used.
sub cpu_of {
	open my $stat, '<', "/proc/$_[0]/stat" or return 0;
	my @field = split ' ', <$stat> =~ s/^.*\) //r;
	return $field[11] + $field[12];
}

$server->done;
done_testing;
