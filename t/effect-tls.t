#!/usr/bin/perl
# Transcript tier, no root: what a directive of TLS does to a session. As in
# t/effect-session.t, each probe is run without the directive and with it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::TLS;
use Test::More;

my $dir = File::Temp->newdir(TMPDIR => 1);
my %pair = map { $_ => Inftpd::TLS::pair($dir, $_,
    kind => $_ eq 'ec' ? 'ec' : 'rsa') } qw(ec rsa client);
my $both = "$dir/both.pem";
Inftpd::Test::write_file($both, join '', map { slurp($_) } @{ $pair{rsa} }{qw(cert key)});

sub slurp {
	open my $file, '<', $_[0] or die "$_[0]: $!";
	local $/;
	return scalar <$file>;
}

# conf: beside it; undef leaves out what the servers here have otherwise.
sub effect {
	my ($name, $value, $without, $with, $probe, %conf) = @_;
	my @got;

	for my $set (0, 1) {
		my %all = (Inftpd::TLS::conf($pair{ec}),
		    force_local_logins_ssl => 'NO', force_local_data_ssl => 'NO',
		    %conf);
		delete @all{grep { !defined $all{$_} } keys %all};
		my $s = Inftpd::Test->new(conf => \%all);
		$s->write_conf('conf.d/effect.conf', { $name => $value }) if $set;
		$s->file('file', 'text');
		push @got, $probe->($s);
		$_->hang_up, $_->{checked} = 1 for @{ $s->{sessions} };
	}
	is($got[0], $without, "without $name");
	is($got[1], $with, "with $name");
	isnt($with, $without, 'which is not the same');
}

# "yes" if a client gets through the handshake and an answer after it.
sub gets_in {
	my ($s, %tls) = @_;
	my $c = eval { Inftpd::TLS->connect($s, %tls) } or return 'no';
	my ($code) = eval { $c->cmd('NOOP') };

	return ($code // '') eq 200 ? 'yes' : 'no';
}

sub clear { return ($_[0]->connect->cmd($_[1]))[0] }

sub transfer {
	my ($s, $user) = @_;
	my $c = Inftpd::TLS->connect($s);

	Inftpd::Test::Client::login($c, $user);
	$c->pasv;
	return ($c->cmd('RETR file'))[0];
}

sub subject {
	my ($s, %tls) = @_;

	return Inftpd::TLS->connect($s, %tls)->socket->peer_certificate('subject');
}

effect('ssl_enable', 'NO', 234, 502, sub { clear($_[0], 'AUTH TLS') });
effect('implicit_ssl', 'YES', 'no', 'yes', sub {
	my $c = Inftpd::TLS->over($_[0]->start);
	return $c->shake_hands ? 'yes' : 'no';
});
effect('allow_anon_ssl', 'YES', 530, 331,
    sub { (Inftpd::TLS->connect($_[0])->cmd('USER ftp'))[0] });
effect('force_anon_logins_ssl', 'YES', 331, 530, sub { clear($_[0], 'USER ftp') });
effect('force_local_logins_ssl', 'YES', 331, 530, sub { clear($_[0], 'USER alice') });
effect('force_anon_data_ssl', 'YES', 150, 522, sub { transfer($_[0], 'ftp') },
    allow_anon_ssl => 'YES');
effect('force_local_data_ssl', 'YES', 150, 522, sub { transfer($_[0], 'alice') });

effect('rsa_cert_file', $both, '/CN=ec', '/CN=rsa', \&subject,
    rsa_private_key_file => undef, rsa_cert_file => ec_with_key());
effect('rsa_private_key_file', $pair{ec}{key}, 431, 234,
    sub { clear($_[0], 'AUTH TLS') }, rsa_private_key_file => undef);
my @ecdsa = (version => 'TLSv1_2', SSL_cipher_list => 'ECDHE-ECDSA-AES256-GCM-SHA384');
my %rsa = (rsa_cert_file => $both, rsa_private_key_file => undef);
effect('ecdsa_cert_file', ec_with_key(), 'no', 'yes',
    sub { gets_in($_[0], @ecdsa) }, %rsa);
effect('ecdsa_private_key_file', $pair{ec}{key}, 'no', 'yes',
    sub { gets_in($_[0], @ecdsa) }, %rsa, ecdsa_cert_file => $pair{ec}{cert});

# What is in the file is no response, and is told to be none: it is read.
sub complains {
	my $c = Inftpd::TLS->connect($_[0]);
	$c->cmd('NOOP');
	return $c->log =~ /${\$_[1]} is not stapled/ ? 'yes' : 'no';
}

effect('rsa_ocsp_file', $pair{ec}{cert}, 'no', 'yes',
    sub { complains($_[0], 'rsa_ocsp_file') });
effect('ecdsa_ocsp_file', $pair{ec}{cert}, 'no', 'yes',
    sub { complains($_[0], 'ecdsa_ocsp_file') }, %rsa,
    ecdsa_cert_file => ec_with_key());

sub ec_with_key {
	Inftpd::Test::write_file("$dir/ec-both.pem",
	    join '', map { slurp($_) } @{ $pair{ec} }{qw(cert key)});
	return "$dir/ec-both.pem";
}

my @v12 = (version => 'TLSv1_2');
my @v13 = (version => 'TLSv1_3');
effect('ssl_min_version', 'TLSv1.3', 'yes', 'no', sub { gets_in($_[0], @v12) });
effect('ssl_max_version', 'TLSv1.2', 'yes', 'no', sub { gets_in($_[0], @v13) });
effect('ssl_tlsv1_2', 'NO', 'yes', 'no', sub { gets_in($_[0], @v12) });
effect('ssl_tlsv1_3', 'NO', 'yes', 'no', sub { gets_in($_[0], @v13) });
effect('ssl_ciphers', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'yes', 'no', sub {
	gets_in($_[0], @v12, SSL_cipher_list => 'ECDHE-ECDSA-AES128-GCM-SHA256') });
effect('ecdh_param_file', 'P-384', 'yes', 'no', sub {
	gets_in($_[0], @v13, SSL_ecdh_curve => 'P-256') });
effect('ssl_sni_hostname', 'ftp.example.org', 'yes', 'no', sub {
	gets_in($_[0], SSL_hostname => 'www.example.org') });

my $client = $pair{client};
effect('require_cert', 'YES', 'yes', 'no', sub { gets_in($_[0]) });
effect('validate_cert', 'YES', 'yes', 'no',
    sub { gets_in($_[0], cert => $client) }, ca_certs_file => $pair{ec}{cert},
    require_cert => 'YES');
effect('ca_certs_file', $client->{cert}, 'no', 'yes',
    sub { gets_in($_[0], cert => $client) }, validate_cert => 'YES',
    require_cert => 'YES');
effect('ssl_request_cert', 'NO', 'no', 'yes',
    sub { gets_in($_[0], cert => $client) }, validate_cert => 'YES',
    ca_certs_file => $pair{ec}{cert});
effect('ssl_cert_login', 'cn', 331, 530, sub {
	(Inftpd::TLS->connect($_[0], cert => $client)->cmd('USER alice'))[0] },
    validate_cert => 'YES', ca_certs_file => $client->{cert});
effect('debug_ssl', 'YES', 'no', 'yes', sub {
	my $c = Inftpd::TLS->connect($_[0]);
	$c->cmd('NOOP');
	return $c->log =~ /tls: control connection: TLSv1/ ? 'yes' : 'no';
});

sub reuse {
	my $c = Inftpd::TLS->login($_[0], 'alice');

	$c->{tls}{tickets}->forget;
	# A ticket that comes with PASV is thrown away as well.
	my $end = $c->pasv;
	$c->{tls}{tickets}->forget;
	$c->cmd('RETR file');
	$c->wrap($end);
	return ($c->reply)[0];
}

effect('require_ssl_reuse', 'YES', 226, 522, \&reuse);
effect('strict_ssl_read_eof', 'NO', 426, 226, sub {
	my $c = Inftpd::TLS->login($_[0], 'alice');
	return ($c->send_file('STOR new', 'half', 'pasv', 1))[0];
});
effect('strict_ssl_write_shutdown', 'YES', 'at once', 'after us', sub {
	my $c = Inftpd::TLS->login($_[0], 'alice');
	my ($end) = $c->open_data('RETR file', 'pasv');
	my $text = Inftpd::Test::Client::drain($end);
	my $early = Inftpd::Test::Client::read_some($c->socket, \$c->{buffer}, 3);
	$end->close(SSL_fast_shutdown => 1);
	my ($code) = $c->reply;
	die "$code after $text\n" if $code ne 226;
	return $early ? 'at once' : 'after us';
});
done_testing;
