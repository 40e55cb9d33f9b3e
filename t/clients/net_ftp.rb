# net_ftp.rb - Ruby's net/ftp, for t/clients-ruby.t: settings in the
# environment, steps on standard input.

require 'net/ftp'

if ARGV == ['--version']
  puts Net::FTP::VERSION
  exit
end

set = ->(name) { ENV["FTP_#{name.upcase}"].to_s }
tls = set.('tls')
options = { port: 21, username: set.('user'), password: set.('password'),
            passive: set.('active').empty?, open_timeout: 20, read_timeout: 20 }
options[:ssl] = { ca_file: set.('ca') } unless tls.empty?

def reput(ftp, local, remote)
  ftp.resume = true
  ftp.putbinaryfile(local, remote)
end

def reget(ftp, remote, local)
  ftp.resume = true
  ftp.getbinaryfile(remote, local)
end

Net::FTP.open(set.('host'), options) do |ftp|
  while (line = $stdin.gets)
    verb, *args = line.chomp.split("\t")
    case verb
    when 'list' then puts ftp.nlst(*args), ftp.list(*args)
    when 'get' then ftp.getbinaryfile(*args)
    when 'put' then ftp.putbinaryfile(*args)
    when 'reget' then reget(ftp, *args)
    when 'reput' then reput(ftp, *args)
    when 'rename' then ftp.rename(*args)
    when 'remove' then ftp.delete(*args)
    when 'mkdir' then ftp.mkdir(*args)
    when 'rmdir' then ftp.rmdir(*args)
    else raise "no #{verb}"
    end
  end
end
